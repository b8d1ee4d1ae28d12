"""People who failed to log in too often: what keeps them out, and how they are let in again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import record_event
from accounts.authority import authority_of
from accounts.limits.buckets import Bucket, BucketKind, bucket_of, network_of
from accounts.limits.services import end_windows, full_buckets
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.attempts import current_password_buckets

#: The person's newest events and sessions that are looked through for networks and devices.
EVENTS_READ: Final = 200
DEVICES_READ: Final = 50
_FAILURES: Final = (EventType.CREDENTIALS_REJECTED, EventType.LIMIT_REACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """A limit that the person has reached, and until when it holds unless somebody lifts it."""

    limit: BucketKind
    until: datetime


def read_lockouts(user: User, *, now: datetime) -> list[Lockout]:
    """Return the limits of this person that are reached now. Three queries; two where Redis counts.

    Not those of a network address: they are not the person's alone.
    """
    full = full_buckets(list(_buckets(user, now)), now=now)
    return [Lockout(limit=bucket.kind, until=until) for bucket, until in full]


def lift_lockouts(*, user_id: UUID, actor: Actor, now: datetime) -> User:
    """Forget the failed attempts of a person, so that they can log in at once where they know the password.

    :raise NotPermittedError: the actor may not change this account
    :raise ValidationError: it is the actor's own account
    """
    with transaction.atomic():
        user: User = User.objects.with_directory().get(pk=user_id)
        authority_of(actor).require_over_user(user)
        if user.pk == actor.sub:
            # Whoever has taken over their browser would guess at their password for as long as they like.
            raise ValidationError(
                _("You cannot have your own failed attempts forgotten; ask another administrator.")
            )
        buckets = list(_buckets(user, now))
        lifted = sorted({str(bucket.kind) for bucket, _ends in full_buckets(buckets, now=now)})
        record_event(
            type=EventType.LIMIT_LIFTED,
            actor=actor,
            subject=user.as_audit_subject(),
            now=now,
            facts={"limits": lifted},
        )
        # Nothing is forgotten that no event tells of; and nobody who logs in waits for this transaction.
        transaction.on_commit(partial(end_windows, buckets))
    return user


def _buckets(user: User, now: datetime) -> Iterator[Bucket]:
    """Yield what counts the failures of this person and of nobody else."""
    limits = conf.limits()
    window = limits.window
    yield bucket_of(BucketKind.ACCOUNT, user.email, size=limits.account, window=window)
    yield bucket_of(BucketKind.DEVICES, user.pk, size=limits.account, window=window)
    yield bucket_of(BucketKind.RESETS, user.email, size=limits.resets, window=window)
    yield from current_password_buckets(user)
    for network in sorted(_networks_of_failures(user, since=now - window)):
        yield bucket_of(BucketKind.PAIR, user.email, network, size=limits.pair, window=window)
    for device_id in _devices(user):
        yield bucket_of(BucketKind.DEVICE, user.pk, device_id, size=limits.device, window=window)


def _networks_of_failures(user: User, *, since: datetime) -> set[str]:
    newest = AuditEvent.objects.filter(subject_kind="user", subject_id=str(user.pk)).order_by("-id")
    events = newest.values_list("type", "at", "ip")[:EVENTS_READ]
    return {network_of(ip) for type_, at, ip in events if type_ in _FAILURES and at >= since}


def _devices(user: User) -> Iterable[UUID]:
    sessions = RefreshSession.objects.filter(user=user).order_by("-last_used_at")
    return set(sessions.values_list("device_id", flat=True)[:DEVICES_READ])
