"""What a change to a person must not do, said by field: wrong places, retired roles."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Role, User


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
