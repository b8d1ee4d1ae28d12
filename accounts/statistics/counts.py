"""What the counts say, with the events that are not counted yet: exact at any moment, up to a stated gap."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import CharField, Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.statistics.counted_types import COUNTED
from accounts.statistics.models import EVERYBODY, EventCount, Period, Progress
from accounts.statistics.rolling_up import hour_of, read_hour

#: So many of the newest ids are counted with every question, where they are not in the counts yet.
MOST_LIVE: Final = 10_000

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Counts by beginning and type; what has no entry did not happen.

    ``missing`` is how many ids lie between the counts and the newest events: so many events, at most, are
    not counted yet.
    """

    hours: Counter[tuple[datetime, EventType]] = field(default_factory=Counter)
    days: Counter[tuple[datetime, EventType]] = field(default_factory=Counter)
    missing: int = 0
    uncounted: int = 0

    def in_hours(self, starts: Iterable[datetime], *types: EventType) -> int:
        """Return how often any of the types happened in these hours."""
        return sum(self.hours[start, type_] for start in starts for type_ in types)

    def in_days(self, starts: Iterable[datetime], *types: EventType) -> int:
        """Return how often any of the types happened on these days."""
        return sum(self.days[start, type_] for start in starts for type_ in types)


def hours_until(now: datetime, count: int) -> list[datetime]:
    """Return the beginnings of ``count`` hours, oldest first; the last is the one that runs."""
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [last - HOUR * back for back in range(count - 1, -1, -1)]


def days_until(now: datetime, count: int) -> list[datetime]:
    """Return the beginnings of ``count`` days in UTC, oldest first; the last is today."""
    last = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return [last - DAY * back for back in range(count - 1, -1, -1)]


def read_counts(*, tenant: str | None, now: datetime, hours: int, days: int) -> Counts:
    """Return the counts of a tenant, or of everybody, for so many hours and days until now. Three queries.

    The cost depends on the hours and days alone, however many events there are.
    """
    newest, last = _ends()
    floor = newest - MOST_LIVE
    first_hour, first_day = hours_until(now, hours)[0], days_until(now, days)[0]
    counts = Counts(missing=max(floor - last, 0), uncounted=newest - last)
    # One statement, and so one state of the database: what is counted meanwhile is counted once.
    kept = _kept(tenant, first_hour, first_day)
    for period, written, type_, events in kept.union(_live(tenant, max(last, floor)), all=True):
        start, known = read_hour(written), EventType(type_)
        if period != Period.DAY and start >= first_hour:
            counts.hours[start, known] += events
        if period != Period.HOUR and start >= first_day:
            counts.days[start.replace(hour=0), known] += events
    return counts


def _ends() -> tuple[int, int]:
    """Return the id of the newest event, and up to which they are in the counts."""
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0, Progress.objects.values_list("last_id", flat=True).first() or 0


def _kept(
    tenant: str | None, first_hour: datetime, first_day: datetime
) -> QuerySet[EventCount, tuple[str, str, str, int]]:
    shown = Q(period=Period.HOUR, start__gte=first_hour) | Q(period=Period.DAY, start__gte=first_day)
    kept = EventCount.objects.filter(shown, scope=tenant or EVERYBODY, type__in=COUNTED)
    return kept.values_list("period", hour_of("start"), "type", "events")


def _live(tenant: str | None, after: int) -> QuerySet[AuditEvent, tuple[str, str, str, int]]:
    """Return counts of the events after an id that are not counted yet."""
    last = Coalesce(Subquery(Progress.objects.order_by().values("last_id")), Value(0))
    # By the number, PostgreSQL knows that they are few; by the row, none is counted twice.
    events = AuditEvent.objects.filter(id__gt=after, type__in=COUNTED).filter(id__gt=last)
    if tenant is not None:
        events = events.filter(tenant=tenant)
    live = Value("live", output_field=CharField())
    return events.order_by().values_list(live, hour_of("at"), "type").annotate(events=Count("*"))
