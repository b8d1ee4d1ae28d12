"""Looking at somebody's token leaves its event: who looked, at whose, of which session; never the token."""

from datetime import datetime
from uuid import UUID

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.models import User


def record_token_inspection(
    *, sub: UUID, person: User | None, facts: dict[str, object], actor: Actor, now: datetime
) -> None:
    """Record that ``actor`` was shown, or refused, what a token about ``sub`` says.

    ``person`` is none where the account is gone. ``facts`` name kind, session and audience.
    """
    record_event(
        type=EventType.TOKEN_INSPECTED,
        actor=actor,
        subject=person.as_audit_subject() if person else AuditSubject(kind="user", id=sub),
        now=now,
        facts=facts,
    )
