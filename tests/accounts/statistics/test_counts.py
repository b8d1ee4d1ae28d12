"""What the counts say is what counting every event says, whenever they are read."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.statistics import counts as counts_module
from accounts.statistics.counts import Counts, hours_until, read_counts
from accounts.statistics.models import EVERYBODY, EventCount, Period, Progress
from tests.accounts.audit.sealed_log import unguarded
from tests.accounts.journeys import start_session
from tests.accounts.statistics.traffic import (
    DAYS,
    HOURS,
    NOW,
    anything_happens,
    every_one,
    happens,
    roll_up,
    said_by,
)
from tests.factories import UserFactory

if TYPE_CHECKING:
    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db

VIEWERS = (None, "acme", "umbrella", "nobody")


def read(tenant: str | None = None) -> Counts:
    return read_counts(tenant=tenant, now=NOW, hours=HOURS, days=DAYS)


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_those_of_every_event_at_any_time(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a story, no secret
    for _turn in range(5):
        anything_happens(random, times=random.randrange(25))
        if random.random() < 0.5:
            roll_up(step=random.choice((1, 3, 50_000)))

        for tenant in VIEWERS:
            assert said_by(read(tenant)) == every_one(tenant=tenant)


def test_counting_twice_counts_once() -> None:
    anything_happens(Random(1), times=30)  # noqa: S311 - as above
    first = roll_up(step=7)
    kept = list(EventCount.objects.order_by("pk").values())

    assert first[-1] == AuditEvent.objects.latest("id").pk
    assert roll_up() == []
    assert list(EventCount.objects.order_by("pk").values()) == kept
    assert said_by(read()) == every_one(tenant=None)


def test_a_step_that_fails_half_way_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    anything_happens(Random(2), times=30)  # noqa: S311 - as above

    def broken(_counts: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("accounts.statistics.rolling_up._add", broken)
        with pytest.raises(OSError, match="disk"):
            roll_up()

    assert not EventCount.objects.exists()
    assert said_by(read()) == every_one(tenant=None)
    roll_up()
    assert said_by(read()) == every_one(tenant=None)


def test_counts_outlive_their_events() -> None:
    anything_happens(Random(3), times=40)  # noqa: S311 - as above
    roll_up()
    expected = every_one(tenant=None)
    happens(at=NOW)
    with unguarded():
        AuditEvent.objects.filter(id__lte=Progress.objects.get().last_id).delete()

    found = said_by(read())

    expected[0][NOW.replace(minute=0), EventType.REFRESH_SESSION_STARTED] += 1
    expected[1][NOW.replace(hour=0, minute=0), EventType.REFRESH_SESSION_STARTED] += 1
    assert found == expected


def test_what_is_not_counted_yet_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "MOST_LIVE", 3)
    happens(EventType.USER_CHANGED)
    roll_up()
    for _time in range(10):
        happens()

    behind = read()
    roll_up()
    caught_up = read()

    assert (behind.missing, sum(behind.hours.values())) == (7, 3)
    assert (caught_up.missing, sum(caught_up.hours.values())) == (0, 10)


def test_old_hours_are_not_kept_and_old_days_are() -> None:
    happens(at=NOW - timedelta(days=9))
    happens(at=NOW - timedelta(days=401))
    happens(tenant="acme", at=NOW - timedelta(days=7))

    roll_up()

    kept = EventCount.objects.order_by("start", "period", "scope").values_list("scope", "period")
    assert list(kept) == [
        (EVERYBODY, Period.DAY),
        (EVERYBODY, Period.DAY),
        ("acme", Period.DAY),
        (EVERYBODY, Period.HOUR),
        ("acme", Period.HOUR),
    ]


def test_reading_takes_three_queries_whatever_happened() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read("acme")
        return len(captured)

    assert queries() == 3
    anything_happens(Random(4), times=60)  # noqa: S311 - as above
    assert queries() == 3
    roll_up()
    assert queries() == 3


def test_reading_looks_at_no_event_that_is_counted() -> None:
    anything_happens(Random(5), times=20)  # noqa: S311 - as above
    roll_up()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # so small tables are read through an index
    for tenant in (None, "acme"):
        live: QuerySet[AuditEvent, tuple[str, str, str, int]] = counts_module._live(tenant, 0)  # noqa: SLF001 - its plan
        plan = live.explain()
        assert "Index" in plan or "id>?" in plan, plan


def test_hours_are_those_of_utc_and_the_last_one_runs() -> None:
    hours = hours_until(NOW, 24)

    assert (hours[0].hour, hours[-1].hour, len(hours)) == (10, 9, 24)


def test_login_touches_no_count() -> None:
    alice = UserFactory.create()
    roll_up()

    with CaptureQueriesContext(connection) as captured:
        start_session(alice, now=NOW)

    assert [query["sql"] for query in captured if "statistics_" in query["sql"]] == []
    assert read().in_hours(hours_until(NOW, 1), EventType.REFRESH_SESSION_STARTED) == 1
