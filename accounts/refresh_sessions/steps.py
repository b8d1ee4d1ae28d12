"""The writes of a refresh: one compare-and-swap, and an event where something odd happened."""

from datetime import datetime

from django.db import transaction

from accounts import conf
from accounts.audit.actors import Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.opaque_tokens import RefreshToken
from accounts.refresh_sessions.rotation import Meaning


def go_on(
    meaning: Meaning, session: RefreshSession, token: RefreshToken, origin: Origin, now: datetime
) -> bool:
    """Write what an accepted refresh token leads to; tell whether nobody else was faster."""
    match meaning:
        case Meaning.STEP:
            return _step(session, token.generation, origin, now)
        case Meaning.STEP_FROM_AHEAD:
            with transaction.atomic():
                stepped = _step(session, token.generation, origin, now)
                if stepped:
                    _record_odd(EventType.REFRESH_SESSION_MOVED_AHEAD, session, token, origin, now)
            return stepped
        case Meaning.LATE_RETRY:
            return _note_late_retry(session, token, origin, now)
        case _:
            return True


def _step(session: RefreshSession, generation: int, origin: Origin, now: datetime) -> bool:
    """Compare and swap: of parallel refreshes exactly one steps, the others read its successor."""
    stepped = {
        "generation": generation + 1,
        "secret_version": conf.refresh_secrets().current_version,
        "rotated_at": now,
        "last_used_at": now,
        "last_ip": origin.ip,
        "idle_expires_at": min(now + conf.session_idle_lifetime(), session.expires_at),
    }
    unchanged = RefreshSession.objects.live(at=now).filter(sid=session.sid, generation=session.generation)
    if not unchanged.update(**stepped):
        return False
    for name, value in stepped.items():
        setattr(session, name, value)
    return True


def _note_late_retry(session: RefreshSession, token: RefreshToken, origin: Origin, now: datetime) -> bool:
    if session.late_retry_generation == session.generation:
        return True
    with transaction.atomic():
        unchanged = RefreshSession.objects.live(at=now).filter(sid=session.sid, generation=session.generation)
        # Of parallel late retries one is noted; the others read the row again and find it noted.
        first = unchanged.exclude(late_retry_generation=session.generation)
        noted = bool(first.update(late_retry_generation=session.generation, last_used_at=now))
        if noted:
            _record_odd(EventType.REFRESH_SESSION_RETRIED_LATE, session, token, origin, now)
    return noted


def _record_odd(
    type_: EventType, session: RefreshSession, token: RefreshToken, origin: Origin, now: datetime
) -> None:
    user = session.user
    record_event(
        type=type_,
        actor=user.as_actor(origin),
        subject=user.as_audit_subject(),
        now=now,
        facts=facts_of(session) | {"presented_generation": token.generation},
    )


def facts_of(session: RefreshSession) -> dict[str, object]:
    """Return how audit events refer to a session."""
    return {"sid": str(session.sid), "device": session.device_name, "generation": session.generation}
