"""Devices that an account has not seen before: recorded, and told to the person."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import record_event
from accounts.mails.services import send_mail_to
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.opaque_tokens import read_device_token
from accounts.refresh_sessions.session_tokens import Device


def note_device(*, user: User, device: Device, sid: UUID | None, actor: Actor, now: datetime) -> None:
    """Record a login without an authentic device token, and mail the person; not for their first login.

    ``sid`` is none for a sign-in by browser, which is noted before its own event is recorded.
    """
    known = device.token and read_device_token(device.token, sub=user.id)
    if known or not _had_session_before(user, sid):
        return
    record_event(
        type=EventType.DEVICE_FIRST_SEEN,
        actor=actor,
        subject=user.as_audit_subject(),
        now=now,
        facts={"sid": str(sid) if sid else None, "device": device.name, "platform": device.platform},
    )
    context = {"device": device.name, "platform": device.platform, "ip": actor.origin.ip, "at": now}
    send_mail_to(user, template="device_first_seen", context=context)


def _had_session_before(user: User, sid: UUID | None) -> bool:
    """Tell whether this login is not the first one: sessions are deleted in time, their events later."""
    begun = (EventType.REFRESH_SESSION_STARTED, EventType.BROWSER_SESSION_STARTED)
    sessions = RefreshSession.objects.filter(user=user)
    started = AuditEvent.objects.filter(type__in=begun, subject_kind="user", subject_id=str(user.pk))
    if sid is not None:
        sessions, started = sessions.exclude(sid=sid), started.exclude(facts__sid=str(sid))
    had: bool = User.objects.filter(Exists(sessions) | Exists(started), pk=user.pk).exists()
    return had
