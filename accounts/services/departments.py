"""Creating, changing, moving and retiring departments."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.models import Department, Tenant
from accounts.models.field_changes import Changes, apply_changes, sides_of_move


class DepartmentFields(TypedDict, total=False):
    """What may be written on a department."""

    label: str
    parent: Department | None
    tenant: Tenant | None


def create_department(
    *, code: str, actor: Actor, now: datetime, **fields: Unpack[DepartmentFields]
) -> Department:
    """Create a department.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor belongs to another tenant
    """
    with transaction.atomic():
        authority_of(actor).require_over_tenant(fields.get("tenant"))
        department = Department(code=code, **fields)
        department.full_clean()
        _validate_place_in_tree(department)
        department.save()
        created: Changes = {"code": (None, code)}
        _record(EventType.DEPARTMENT_CREATED, department, actor, now, created, tenant=department.tenant)
    return department


def change_department(
    *, department_id: int, actor: Actor, now: datetime, **fields: Unpack[DepartmentFields]
) -> Department:
    """Change a department, or move it with all below it to another parent.

    :raise ValidationError: by field; a department cannot stand below itself
    :raise NotPermittedError: the actor belongs to another tenant
    """
    with transaction.atomic():
        authority = authority_of(actor)
        # All rows, in one order: two moves that pass each other could otherwise close a circle.
        list(Department.objects.order_by("pk").select_for_update().values_list("pk"))
        department: Department = Department.objects.get(pk=department_id)
        tenant_before = department.tenant
        authority.require_over_tenant(tenant_before)
        changes = apply_changes(department, fields)
        authority.require_over_tenant(department.tenant)
        if {"parent", "tenant"} & changes.keys():
            _validate_place_in_tree(department)
        if "tenant" in changes:
            # No tenant reads a code of another.
            left, changes = sides_of_move(changes, "tenant", "parent")
            _record(EventType.DEPARTMENT_CHANGED, department, actor, now, left, tenant=tenant_before)
        _record(EventType.DEPARTMENT_CHANGED, department, actor, now, changes, tenant=department.tenant)
    return department


def retire_department(*, department_id: int, actor: Actor, now: datetime) -> Department:
    """Say the department in no token any more, and put nobody else into it.

    :raise NotPermittedError: the actor belongs to another tenant
    """
    return _set_retired_at(department_id, now, EventType.DEPARTMENT_RETIRED, actor, now)


def restore_department(*, department_id: int, actor: Actor, now: datetime) -> Department:
    """Put a retired department in force again.

    :raise NotPermittedError: the actor belongs to another tenant
    """
    return _set_retired_at(department_id, None, EventType.DEPARTMENT_RESTORED, actor, now)


def _set_retired_at(
    department_id: int, retired_at: datetime | None, type_: EventType, actor: Actor, now: datetime
) -> Department:
    with transaction.atomic():
        authority = authority_of(actor)
        department: Department = Department.objects.select_for_update().get(pk=department_id)
        authority.require_over_tenant(department.tenant)
        if (department.retired_at is None) == (retired_at is None):
            return department
        changes = apply_changes(department, {"retired_at": retired_at})
        _record(type_, department, actor, now, changes, tenant=department.tenant)
    return department


def _validate_place_in_tree(department: Department) -> None:
    parent = department.parent
    if parent is not None and parent.tenant_id not in {None, department.tenant_id}:
        raise ValidationError({"parent": _("The parent belongs to another tenant.")})
    if department.pk is None or department.tenant_id is None:
        return
    if department.children.exclude(tenant=department.tenant_id).exists():
        raise ValidationError({"tenant": _("A department below it belongs to another tenant.")})
    if department.users.exclude(tenant=department.tenant_id).exists():
        raise ValidationError({"tenant": _("People of another tenant are in this department.")})


def _record(
    type_: EventType,
    department: Department,
    actor: Actor,
    now: datetime,
    changes: Changes,
    *,
    tenant: Tenant | None,
) -> None:
    if not changes:
        return
    code = tenant.code if tenant else ""
    subject = AuditSubject(kind="department", id=department.pk, label=department.code, tenant=code)
    record_event(type=type_, actor=actor, subject=subject, now=now, changes=changes)
