"""What a change to a person must not do, said by field: wrong places, retired roles, shutting oneself out."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.models.roles import ADMIN


def validate_placement(user: User) -> None:
    """Accept a tenant and a department that are in force and belong together.

    :raise ValidationError: by field
    """
    department, tenant = user.department, user.tenant
    if tenant is not None and tenant.retired_at is not None:
        raise ValidationError({"tenant": _("This tenant is retired; choose another.")})
    if department is None:
        return
    if department.retired_at is not None:
        raise ValidationError({"department": _("This department is retired; choose another.")})
    if department.tenant_id is not None and department.tenant_id != user.tenant_id:
        raise ValidationError({"department": _("This department belongs to another tenant than the person.")})


def validate_in_force(roles: Collection[Role]) -> None:
    """Accept roles of which none is retired.

    :raise ValidationError: naming those that are
    """
    retired = [role.code for role in roles if role.retired_at is not None]
    if retired:
        raise ValidationError({"roles": _("Retired roles cannot be given: %s.") % ", ".join(sorted(retired))})


def validate_own_account(before: User, after: User) -> None:
    """Refuse what would shut people out by their own hand: nobody may be left to undo it.

    :raise ValidationError: by field
    """
    errors: dict[str, str] = {}
    if before.is_active and not after.is_active:
        errors["is_active"] = _("You cannot deactivate your own account; ask another administrator.")
    if before.tenant_id != after.tenant_id:
        errors["tenant"] = _("You cannot change your own tenant; ask another administrator.")
    for flag in ("is_staff", "is_superuser"):
        if getattr(before, flag) and not getattr(after, flag):
            errors[flag] = _("You cannot take this from yourself; ask another superuser.")
    if errors:
        raise ValidationError(errors)


def validate_own_roles(held: Collection[Role], wanted: Collection[Role]) -> None:
    """Refuse to take the role ``admin`` from oneself, as ``validate_own_account``.

    :raise ValidationError: by field
    """
    if any(role.code == ADMIN for role in set(held) - set(wanted)):
        raise ValidationError(
            {"roles": _("You cannot take the role “admin” from yourself; ask another administrator.")}
        )
