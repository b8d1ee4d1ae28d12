"""Since when something is retired, and by whom: from its row, and from the audit log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User

_TYPES: dict[type, tuple[str, EventType]] = {
    Role: ("role", EventType.ROLE_RETIRED),
    Department: ("department", EventType.DEPARTMENT_RETIRED),
    Tenant: ("tenant", EventType.TENANT_RETIRED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Something is retired; ``event`` is none where no event that the viewer sees tells who did it."""

    kind: str
    code: str
    at: datetime
    event: AuditEvent | None = None


def read_retirements(
    rows: Collection[Role | Department | Tenant | None], *, viewer: User
) -> list[Retirement]:
    """Return the retirement of each row that is retired. One query, and none where nothing is."""
    retired = [(_TYPES[type(row)], row, row.retired_at) for row in rows if row is not None and row.retired_at]
    if not retired:
        return []
    about = Q()
    for (kind, type_), row, _at in retired:
        about |= Q(subject_kind=kind, subject_id=str(row.pk), type=type_)
    events = AuditEvent.objects.visible_to(viewer).filter(about).order_by("id")
    newest = {(event.subject_kind, event.subject_id): event for event in events}
    return [
        Retirement(kind=kind, code=row.code, at=at, event=newest.get((kind, str(row.pk))))
        for (kind, _type), row, at in retired
    ]
