"""Rolling up audit events into counts, each event once, in any number of processes at a time (ADR 0034)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import CharField, Count, TextField
from django.db.models.functions import Cast, Substr

from accounts.audit.models import AuditEvent
from accounts.audit.settled import settled_id
from accounts.statistics.counted_types import COUNTED
from accounts.statistics.models import DAYS_KEPT, EVERYBODY, HOURS_KEPT, EventCount, Period, Progress

#: Ids that are looked at in one step.
STEP: Final = 50_000
#: How long to wait for transactions that still write, where nobody should wait.
BRIEFLY: Final = timedelta(seconds=1)
_ROWS_AT_ONCE: Final = 500

_TABLE = EventCount._meta.db_table
_ADD: Final = f"""\
INSERT INTO "{_TABLE}" AS held (scope, period, start, type, events) VALUES {{rows}}
ON CONFLICT (scope, period, start, type) DO UPDATE SET events = held.events + excluded.events"""  # noqa: S608 - constants


class CountKey(NamedTuple):
    """What one row counts."""

    scope: str
    period: Period
    start: datetime
    type: str


def hour_of(field: str) -> Substr:
    """Return the hour of a moment in UTC, as ``2026-03-02 09``; both engines write moments like this.

    SQLite would truncate a moment in Python, one call for each row.
    """
    return Substr(Cast(field, TextField()), 1, 13, output_field=CharField())


@lru_cache(maxsize=1024)  # a step has thousands of groups, and few hours
def read_hour(written: str) -> datetime:
    """Return the moment at which an hour begins."""
    return datetime.strptime(written, "%Y-%m-%d %H").replace(tzinfo=UTC)


def count_settled_events(
    *, now: datetime, patience: timedelta = timedelta(seconds=30), step: int = STEP
) -> Iterator[int]:
    """Add what is settled to the counts, a short transaction for each step; yield the id reached.

    :raise StillWritingError: a transaction that may hold an earlier id is open for longer than ``patience``
    """
    until = settled_id(patience)
    progress, _created = Progress.objects.get_or_create(pk=1, defaults={"last_id": 0})
    last = progress.last_id
    while last < until:
        reached = min(last + step, until)
        # Outside of the transaction: on SQLite it would keep every writer waiting.
        counts = _counts(last, reached, now)
        with transaction.atomic():
            is_first = Progress.objects.filter(last_id=last).update(last_id=reached)
            if is_first:
                _add(counts)
        if is_first:
            yield reached
            last = reached
        else:  # another process has counted these
            last = Progress.objects.values_list("last_id", flat=True).get()


def _counts(last: int, reached: int, now: datetime) -> Counter[CountKey]:
    found = (
        AuditEvent.objects.filter(id__gt=last, id__lte=reached, type__in=COUNTED)
        .order_by()
        .values_list("tenant", "type", hour_of("at"))
        .annotate(events=Count("*"))
    )
    counts: Counter[CountKey] = Counter()
    for tenant, type_, written, events in found:
        hour = read_hour(written)
        periods = [(Period.HOUR, hour)] if hour >= now - HOURS_KEPT else []
        if hour >= now - DAYS_KEPT:
            periods.append((Period.DAY, hour.replace(hour=0)))
        for period, start in periods:
            for scope in {EVERYBODY, tenant or EVERYBODY}:
                counts[CountKey(scope, period, start, type_)] += events
    return counts


def _add(counts: Counter[CountKey]) -> None:
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        added = list(counts.items())
        for first in range(0, len(added), _ROWS_AT_ONCE):
            rows = added[first : first + _ROWS_AT_ONCE]
            values = [
                value for key, events in rows for value in (*key[:2], moment(key.start), key.type, events)
            ]
            cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))), values)
