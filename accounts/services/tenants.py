"""Creating, changing and retiring tenants."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.models import BrowserSessionMarker, Tenant, User
from accounts.models.field_changes import Changes, apply_changes
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions


class TenantFields(TypedDict, total=False):
    """What may be written on a tenant."""

    label: str


def create_tenant(*, code: str, actor: Actor, now: datetime, **fields: Unpack[TenantFields]) -> Tenant:
    """Create a tenant.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        tenant = Tenant(code=code, **fields)
        tenant.full_clean()
        tenant.save()
        _record(EventType.TENANT_CREATED, tenant, actor, now, {"code": (None, code)})
    return tenant


def change_tenant(*, tenant_id: int, actor: Actor, now: datetime, **fields: Unpack[TenantFields]) -> Tenant:
    """Change a tenant's label.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        changes = apply_changes(tenant, fields)
        if changes:
            _record(EventType.TENANT_CHANGED, tenant, actor, now, changes)
    return tenant


def retire_tenant(*, tenant_id: int, actor: Actor, now: datetime) -> Tenant:
    """Close a tenant: its people cannot log in any more, and their sessions end.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        if tenant.retired_at is not None:
            return tenant
        changes = apply_changes(tenant, {"retired_at": now})
        _record(EventType.TENANT_RETIRED, tenant, actor, now, changes)
        people = User.objects.select_for_update().filter(tenant=tenant).order_by("pk")
        BrowserSessionMarker.objects.renew_for(people.values_list("pk", flat=True))
        for user in User.objects.filter(tenant=tenant, refresh_sessions__ended_at__isnull=True).distinct():
            end_refresh_sessions(user=user, reason=EndReason.TENANT_RETIRED, actor=actor, now=now)
    return tenant


def restore_tenant(*, tenant_id: int, actor: Actor, now: datetime) -> Tenant:
    """Open a retired tenant again; its people log in anew.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        changes = apply_changes(tenant, {"retired_at": None})
        if changes:
            _record(EventType.TENANT_RESTORED, tenant, actor, now, changes)
    return tenant


def _record(type_: EventType, tenant: Tenant, actor: Actor, now: datetime, changes: Changes) -> None:
    subject = AuditSubject(kind="tenant", id=tenant.pk, label=tenant.code, tenant=tenant.code)
    record_event(type=type_, actor=actor, subject=subject, now=now, changes=changes)
