"""Sealing events that are settled: no transaction can add another one between them any more (ADR 0022)."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Min

from accounts.audit.canonical import event_lines
from accounts.audit.errors import StillWritingError
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import make_seal

#: Events under one seal at most: what is verified, exported and dropped as a whole.
MOST_EVENTS = 1000
_PAUSE = 0.05

# Whoever has an id that is not committed yet holds this lock: INSERT takes it before it evaluates nextval(),
# and keeps it until its commit is visible. Locks and not xids: an id is allotted before the xid is.
_WRITERS = """SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
AND pid IS DISTINCT FROM pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def seal_settled_events(
    *, now: datetime, most: int = MOST_EVENTS, patience: timedelta = timedelta(seconds=30)
) -> Iterator[AuditSeal]:
    """Seal what is settled, a transaction for each seal; yield the seals of this process.

    Any number of processes may do so at a time, and each may be killed at any time.

    :raise StillWritingError: a transaction that may hold an earlier id is open for longer than ``patience``
    """
    until = _settled_id(patience)
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


def _settled_id(patience: timedelta) -> int:
    """Return an id up to which every event is committed or never will be."""
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if connection.vendor == "postgresql":
        _wait_for(_writers(), patience)
    # SQLite has one writer at a time: ids follow commits.
    return newest


def _wait_for(writers: set[str], patience: timedelta) -> None:
    """Wait for the end of these transactions; those that began later have later ids."""
    deadline = time.monotonic() + patience.total_seconds()
    while writers:
        if time.monotonic() > deadline:
            raise StillWritingError(transactions=len(writers), waited_seconds=patience.total_seconds())
        time.sleep(_PAUSE)
        writers &= _writers()


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [AuditEvent._meta.db_table])
        return {virtual for (virtual,) in cursor.fetchall()}
