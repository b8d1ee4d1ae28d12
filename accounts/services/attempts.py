"""Attempts that may fail: a place is taken before anything is looked at, and given back on success.

``docs/limits.md`` lists what is counted by what. A wrong password keeps its place until the window ends;
a right one gives back its own and clears nothing, so that an attacker with an account of their own gains
nothing by logging in between the guesses.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from accounts import conf
from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.limits.buckets import Bucket, BucketKind, bucket_of, network_of
from accounts.limits.errors import ThrottledError
from accounts.limits.services import Reservation, give_back, take_places
from accounts.models import User
from accounts.models.emails import normalise_email
from accounts.refresh_sessions.errors import RefreshError
from accounts.refresh_sessions.opaque_tokens import read_device_token

NOBODY: Final = AuditSubject(kind="user", id="")


@contextmanager
def attempt(
    buckets: Sequence[Bucket], *, subject: AuditSubject, origin: Origin, now: datetime
) -> Iterator[None]:
    """Hold a place in each bucket while something is tried; whatever is raised inside keeps them taken.

    :raise ThrottledError: a bucket is full; nothing was tried
    """
    reservation = take_or_record(buckets, subject=subject, origin=origin, now=now)
    yield
    give_back(reservation)


def take_or_record(
    buckets: Sequence[Bucket], *, subject: AuditSubject, origin: Origin, now: datetime
) -> Reservation:
    """Take a place in each bucket; the first refusal of each window is recorded.

    :raise ThrottledError: a bucket is full
    """
    try:
        return take_places(buckets, now=now)
    except ThrottledError as refusal:
        for full in refusal.begun:
            until = datetime.fromtimestamp(full.ends_ms / 1000, UTC)
            record_event(
                type=EventType.LIMIT_REACHED,
                actor=Actor(sub=None, label="", origin=origin),
                subject=subject,
                now=now,
                facts={
                    "limit": str(full.bucket.kind),
                    "size": full.bucket.size,
                    "until": until.isoformat(timespec="seconds"),
                    "network": network_of(origin.ip),
                },
            )
        raise


def login_buckets(
    *, email: str, user: User | None, device_token: str | None, origin: Origin
) -> tuple[Bucket, ...]:
    """Return what a login is counted by; ``email`` in its one spelling, whether it has an account or not.

    A device that its owner has used is counted apart from everybody else, and from where it is: nobody
    without a device token of this account can lock it out.
    """
    limits = conf.limits()
    device_id = read_device_token(device_token, sub=user.pk) if user and device_token else None
    if user and device_id:
        return (
            bucket_of(BucketKind.DEVICE, user.pk, device_id, size=limits.device, window=limits.window),
            # Somebody who once knew the password may have collected device tokens.
            bucket_of(BucketKind.DEVICES, user.pk, size=limits.account, window=limits.window),
        )
    network = network_of(origin.ip)
    return (
        bucket_of(BucketKind.ACCOUNT, email, size=limits.account, window=limits.window),
        bucket_of(BucketKind.ADDRESS, network, size=limits.address, window=limits.window),
        bucket_of(BucketKind.PAIR, email, network, size=limits.pair, window=limits.window),
    )


def current_password_buckets(user: User) -> tuple[Bucket, ...]:
    """Return what guesses at one's own current password are counted by: a stolen token allows no more."""
    limits = conf.limits()
    return (bucket_of(BucketKind.CURRENT_PASSWORD, user.pk, size=limits.device, window=limits.window),)


def count_password_reset(*, email: str, user: User | None, origin: Origin, now: datetime) -> None:
    """Count a request for a password reset; every request counts, for unknown accounts too.

    :raise ThrottledError: too many for this account, or from this address
    """
    limits, network = conf.limits(), network_of(origin.ip)
    buckets = (
        bucket_of(BucketKind.RESETS, normalise_email(email), size=limits.resets, window=limits.window),
        bucket_of(BucketKind.RESET_ADDRESS, network, size=limits.address, window=limits.window),
    )
    take_or_record(buckets, subject=subject_of(user), origin=origin, now=now)


@contextmanager
def refused_tokens_counted(*, origin: Origin, now: datetime) -> Iterator[None]:
    """Count the refresh tokens that are refused inside; a good one is neither counted nor refused.

    :raise ThrottledError: instead of the refusal, where too many were refused
    """
    try:
        yield
    except RefreshError as refusal:
        sid = refusal.facts.get("sid")
        count_refused_token(sid=sid if isinstance(sid, UUID) else None, origin=origin, now=now)
        raise


def count_refused_token(*, sid: UUID | None, origin: Origin, now: datetime) -> None:
    """Count a token that was refused: a forged one by its address, an authentic one by its session.

    So nobody who sends rubbish from the same address keeps an app from hearing that its session has ended.

    :raise ThrottledError: too many were refused
    """
    limits = conf.limits()
    bucket = (
        bucket_of(BucketKind.SESSION, sid, size=limits.account, window=limits.window)
        if sid
        else bucket_of(BucketKind.TOKENS, network_of(origin.ip), size=limits.address, window=limits.window)
    )
    take_or_record((bucket,), subject=NOBODY, origin=origin, now=now)


def subject_of(user: User | None) -> AuditSubject:
    """Return whom an event is about; what was typed is not recorded for unknown accounts."""
    return user.as_audit_subject() if user else NOBODY
