"""Audit events as traffic makes them, and what counting every one of them says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import AuditSubject, record_event
from accounts.statistics.counted_types import COUNTED
from accounts.statistics.counts import days_until, hours_until
from accounts.statistics.rolling_up import count_settled_events
from tests.accounts.journeys import SYSTEM

if TYPE_CHECKING:
    from random import Random

    from accounts.statistics.counts import Counts

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOURS, DAYS = 48, 60
TENANTS = ("", "acme", "umbrella")

Totals = Counter[tuple[datetime, EventType]]


def happens(
    type_: EventType = EventType.REFRESH_SESSION_STARTED, *, tenant: str = "", at: datetime = NOW
) -> int:
    """Record an event; return its id."""
    subject = AuditSubject(kind="user", id="x", tenant=tenant)
    return record_event(type=type_, actor=SYSTEM, subject=subject, now=at).pk


def anything_happens(random: Random, *, times: int) -> None:
    """Record events of counted types and another, of any tenant, at moments in no order."""
    for _time in range(times):
        age = random.choice((timedelta(hours=60), timedelta(days=70))) * random.random()
        type_ = random.choice((*COUNTED, EventType.USER_CHANGED))
        happens(type_, tenant=random.choice(TENANTS), at=NOW - age)


def roll_up(*, step: int = 50_000, now: datetime = NOW) -> list[int]:
    """Roll up what is settled."""
    return list(count_settled_events(now=now, step=step))


def every_one(*, tenant: str | None, now: datetime = NOW) -> tuple[Totals, Totals]:
    """Count each event by reading it."""
    hours, days = Totals(), Totals()
    first_hour, first_day = hours_until(now, HOURS)[0], days_until(now, DAYS)[0]
    for event in AuditEvent.objects.filter(type__in=COUNTED):
        if tenant in {None, event.tenant}:
            hour, type_ = event.at.replace(minute=0, second=0, microsecond=0), EventType(event.type)
            if hour >= first_hour:
                hours[hour, type_] += 1
            if hour >= first_day:
                days[hour.replace(hour=0), type_] += 1
    return hours, days


def said_by(counts: Counts) -> tuple[Totals, Totals]:
    """Return what counts say, as ``every_one`` does."""
    return counts.hours, counts.days
