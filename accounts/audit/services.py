"""Recording audit events; always called inside the transaction of the change that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent

Changes = Mapping[str, tuple[object, object]]

#: The fact that says why somebody did it, in their own words.
WHY = "why"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSubject:
    """What an event is about: a kind (``user``, ``role``, …), its id and a label for people."""

    kind: str
    id: UUID | int | str
    label: str = ""
    tenant: str = ""


def record_event(
    *,
    type: EventType,  # noqa: A002 - the field's name
    actor: Actor,
    subject: AuditSubject,
    now: datetime,
    changes: Changes | None = None,
    facts: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Append one event.

    ``changes`` maps a field to (before, after) in JSON types; neither it nor ``facts`` may hold a
    secret, a password or a token.
    """
    return AuditEvent.objects.create(
        type=type,
        at=now,
        actor_sub=actor.sub,
        actor_label=actor.label[:320],
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        subject_label=subject.label[:320],
        tenant=subject.tenant,
        ip=actor.origin.ip,
        user_agent=actor.origin.user_agent[:255],
        request_id=actor.origin.request_id[:64],
        sid=actor.origin.sid,
        changes={name: [before, after] for name, (before, after) in (changes or {}).items()},
        facts={**(facts or {}), **({WHY: actor.why} if actor.why else {})},
    )
