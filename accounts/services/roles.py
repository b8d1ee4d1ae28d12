"""Creating, changing and retiring roles."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict, Unpack

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.models import Role
from accounts.models.field_changes import Changes, apply_changes
from accounts.models.roles import ADMIN


class RoleFields(TypedDict, total=False):
    """What may be written on a role."""

    label: str
    description: str


def create_role(
    *,
    code: str,
    actor: Actor,
    now: datetime,
    permissions: Collection[Permission] = (),
    **fields: Unpack[RoleFields],
) -> Role:
    """Create a role.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor belongs to a tenant, or lacks one of the permissions
    """
    with transaction.atomic():
        authority = authority_of(actor)
        authority.require_global()
        authority.require_permissions(permissions)
        role = Role(code=code, **fields)
        role.full_clean()
        role.save()
        changes: Changes = {"code": (None, code)}
        _set_permissions(role, permissions, changes)
        _record(EventType.ROLE_CREATED, role, actor, now, changes)
    return role


def change_role(
    *,
    role_id: int,
    actor: Actor,
    now: datetime,
    permissions: Collection[Permission] | None = None,
    **fields: Unpack[RoleFields],
) -> Role:
    """Change a role's texts, and what it opens in the admin where ``permissions`` is given.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor belongs to a tenant, or lacks a permission that is added
    """
    with transaction.atomic():
        authority = authority_of(actor)
        authority.require_global()
        role = Role.objects.select_for_update().get(pk=role_id)
        changes = apply_changes(role, fields)
        if permissions is not None:
            authority.require_permissions(set(permissions) ^ set(role.permissions.all()))
            _set_permissions(role, permissions, changes)
        if changes:
            _record(EventType.ROLE_CHANGED, role, actor, now, changes)
    return role


def retire_role(*, role_id: int, actor: Actor, now: datetime) -> Role:
    """Say the role in no token any more, and give it to nobody else.

    :raise ValidationError: it is the role ``admin``
    :raise NotPermittedError: the actor belongs to a tenant, or may not take this role
    """
    return _set_retired_at(role_id, now, EventType.ROLE_RETIRED, actor, now)


def restore_role(*, role_id: int, actor: Actor, now: datetime) -> Role:
    """Put a retired role in force again, for those who still hold it.

    :raise NotPermittedError: the actor belongs to a tenant, or may not give this role
    """
    return _set_retired_at(role_id, None, EventType.ROLE_RESTORED, actor, now)


def _set_retired_at(
    role_id: int, retired_at: datetime | None, type_: EventType, actor: Actor, now: datetime
) -> Role:
    with transaction.atomic():
        authority = authority_of(actor)
        authority.require_global()
        role = Role.objects.select_for_update().get(pk=role_id)
        if (role.retired_at is None) == (retired_at is None):
            return role
        authority.require_grantable([role])
        if role.code == ADMIN and retired_at is not None:
            raise ValidationError(_("Without the role “admin” nobody could administer: it is never retired."))
        changes = apply_changes(role, {"retired_at": retired_at})
        _record(type_, role, actor, now, changes)
    return role


def _set_permissions(role: Role, permissions: Collection[Permission], changes: Changes) -> None:
    before = sorted(permission.codename for permission in role.permissions.all())
    after = sorted(permission.codename for permission in permissions)
    if before != after:
        role.permissions.set(permissions)
        changes["permissions"] = (before, after)


def _record(type_: EventType, role: Role, actor: Actor, now: datetime, changes: Changes) -> None:
    subject = AuditSubject(kind="role", id=role.pk, label=role.code)
    record_event(type=type_, actor=actor, subject=subject, now=now, changes=changes)
