"""Counting while many write and many count: nothing is missed, nothing is counted twice, nobody waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.audit.errors import StillWritingError
from accounts.statistics.counts import read_counts
from accounts.statistics.rolling_up import count_settled_events
from tests.accounts.audit.test_sealing_in_parallel import in_threads
from tests.accounts.statistics.traffic import DAYS, HOURS, NOW, every_one, happens, roll_up, said_by

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def total() -> int:
    counts = read_counts(tenant=None, now=NOW, hours=HOURS, days=DAYS)
    assert said_by(counts) == every_one(tenant=None)
    return sum(counts.hours.values())


def test_each_event_is_counted_once_by_counters_in_parallel() -> None:
    done = Event()

    def write() -> None:
        for turn in range(25):
            with transaction.atomic():
                happens(tenant="acme", at=NOW - timedelta(minutes=7 * turn))
                happens(at=NOW)

    def keep_counting() -> None:
        while not done.is_set():
            roll_up(step=3)

    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(in_threads, *[keep_counting] * 3)
        try:
            in_threads(*[write] * 3)
        finally:
            done.set()
        counting.result(timeout=120)

    assert total() == 150
    roll_up()
    assert total() == 150


def test_readers_never_see_an_event_twice_or_not_at_all() -> None:
    done, seen = Event(), []

    def keep_reading() -> None:
        while not done.is_set():
            counts = read_counts(tenant=None, now=NOW, hours=HOURS, days=DAYS)
            seen.append((sum(counts.hours.values()), sum(counts.days.values())))

    for _time in range(60):
        happens()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(in_threads, *[keep_reading] * 2)
        try:
            roll_up(step=1)
        finally:
            done.set()
        reading.result(timeout=120)

    assert set(seen) == {(60, 60)}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_event_that_commits_after_later_ones_is_counted_and_nobody_waits_for_it() -> None:
    inserted, go_on = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            happens(at=NOW - timedelta(hours=5))
            inserted.set()
            go_on.wait(timeout=60)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_threads, slow)
        assert inserted.wait(timeout=60)
        for _time in range(3):
            happens()
        with pytest.raises(StillWritingError):
            list(count_settled_events(now=NOW, patience=timedelta(seconds=0.2)))
        assert total() == 3
        go_on.set()
        running.result(timeout=60)

    assert total() == 4
    roll_up()
    assert total() == 4
