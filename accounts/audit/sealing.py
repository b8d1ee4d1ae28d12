"""Sealing events that are settled: no transaction can add another one between them any more (ADR 0022)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min

from accounts.audit.canonical import event_lines
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import make_seal
from accounts.audit.settled import settled_id

#: Events under one seal at most: what is verified, exported and dropped as a whole.
MOST_EVENTS = 1000


def seal_settled_events(
    *, now: datetime, most: int = MOST_EVENTS, patience: timedelta = timedelta(seconds=30)
) -> Iterator[AuditSeal]:
    """Seal what is settled, a transaction for each seal; yield the seals of this process.

    Any number of processes may do so at a time, and each may be killed at any time.

    :raise StillWritingError: a transaction that may hold an earlier id is open for longer than ``patience``
    """
    until = settled_id(patience)
    while True:
        before = _newest_number()
        # Hashed outside of the transaction: on SQLite it would keep every writer waiting.
        seal = _next_seal(until, most, now)
        if seal is None:
            return
        try:
            with transaction.atomic():
                seal.save(force_insert=True)
        except IntegrityError:
            if _newest_number() == before:
                raise
            continue  # another process has sealed this range
        yield seal


def _next_seal(until: int, most: int, now: datetime) -> AuditSeal | None:
    previous = AuditSeal.objects.order_by("-number").first()
    first_id = previous.last_id + 1 if previous else 1
    lines = event_lines(first_id=first_id, last_id=until, most=most)
    if not lines:
        return None
    span = AuditEvent.objects.filter(id__gte=first_id, id__lte=lines[-1][0]).aggregate(Min("at"), Max("at"))
    return make_seal(
        lines, previous=previous, earliest_at=span["at__min"], latest_at=span["at__max"], now=now
    )


def _newest_number() -> int:
    return AuditSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
