"""The copy of the log in memory: how often it is read, and what happens when it cannot be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.change_log.errors import ChangeLogUnreadableError
from accounts.change_log.live_log import LiveLog
from accounts.change_log.models import ChangeEntry
from accounts.change_log.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the moment, in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> LiveLog:
    return LiveLog(clock)


def append(position: int, value: str = "alice", *, scope: Scope = Scope.SUB, took_away: bool = True) -> None:
    ChangeEntry.objects.create(position=position, scope=scope, value=value, took_away=took_away)


@contextmanager
def database_down() -> Iterator[None]:
    def refuse(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        yield


#: Well within the live part, and after whatever a test writes by itself.
LATER = int(timezone.now().timestamp() * 1000) + 10**6
LONG_AGO = LATER - 3 * 10**8


def test_tail_is_read_once_a_second(
    log: LiveLog, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    append(LATER)
    assert log.copy().tail == LATER
    append(LATER + 1, "bob")

    with django_assert_num_queries(0):
        clock.now += 0.9
        assert log.copy().tail == LATER
    with django_assert_num_queries(1):
        clock.now += 0.2
        assert log.copy().tail == LATER + 1
    assert log.copy().taken[Scope.SUB] == {"alice": LATER, "bob": LATER + 1}


def test_entries_that_no_token_can_be_touched_by_are_not_kept(log: LiveLog) -> None:
    append(LONG_AGO)
    append(LATER, "bob")

    copy = log.copy()

    assert copy.tail == LATER
    assert copy.taken[Scope.SUB] == {"bob": LATER}


def test_entries_are_forgotten_when_they_are_old(
    log: LiveLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(LATER)
    log.copy()
    month = 30 * 86_400_000
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr("accounts.change_log.live_log.timezone.now", lambda: later)
    append(LATER + month, "bob")
    clock.now += 2

    assert log.copy().taken[Scope.SUB] == {"bob": LATER + month}


def test_clock_that_is_wrong_for_a_moment_forgets_nothing(
    log: LiveLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(LATER)
    log.copy()
    ahead = timezone.now() + timedelta(days=30)
    with monkeypatch.context() as wrong:
        wrong.setattr("accounts.change_log.live_log.timezone.now", lambda: ahead)
        clock.now += 2
        log.copy()
        log.forget()
        log.copy()
    append(LATER + 1, "bob")
    clock.now += 2

    assert log.copy().taken[Scope.SUB] == {"alice": LATER, "bob": LATER + 1}


def test_entry_that_comes_while_an_empty_log_is_read_is_not_lost(log: LiveLog, clock: Clock) -> None:
    ChangeEntry.objects.all().delete()
    came: list[bool] = []

    def come_between(execute: Any, *statement: Any) -> Any:
        answer = execute(*statement)
        if not came:
            came.append(True)
            append(LATER)
        return answer

    with connection.execute_wrapper(come_between):
        log.copy()
    clock.now += 2

    assert log.copy().taken[Scope.SUB] == {"alice": LATER}


def test_backup_that_is_restored_beneath_a_process_is_noticed(log: LiveLog, clock: Clock) -> None:
    append(LATER, "bob")
    append(LATER + 5)
    log.copy()
    ChangeEntry.objects.filter(position=LATER + 5).delete()
    append(LATER + 9, "carol")
    clock.now += 2

    assert log.copy().taken[Scope.SUB] == {"bob": LATER, "carol": LATER + 9}


def test_without_triggers_tokens_are_judged_for_a_stated_time(
    log: LiveLog, clock: Clock, settings: Settings
) -> None:
    settings.AUTHSITE_CHANGE_LOG_MAX_AGE = timedelta(seconds=10)
    log.copy()
    append(LATER, "", scope=Scope.PAUSED)

    clock.now += 2
    assert log.copy().is_paused
    clock.now += 9
    with pytest.raises(ChangeLogUnreadableError):
        log.copy()

    append(LATER + 1, "", scope=Scope.EVERYBODY)
    clock.now += 2
    assert not log.copy().is_paused


def test_token_from_ahead_waits_for_a_database_that_is_down(log: LiveLog, clock: Clock) -> None:
    log.copy()
    asked = []

    def refuse(*_statement: object) -> None:
        asked.append(clock.now)
        raise OperationalError

    with connection.execute_wrapper(refuse):
        for _ in range(5):
            clock.now += 0.1
            with pytest.raises(ChangeLogUnreadableError):
                log.read_now()

    assert len(asked) == 1
    clock.now += 1
    assert log.read_now() is log.copy()


def test_newest_entry_of_a_value_is_kept(log: LiveLog) -> None:
    append(LATER)
    append(LATER + 5)
    append(LATER + 7, took_away=False)

    copy = log.copy()

    assert (copy.taken[Scope.SUB], copy.added[Scope.SUB]) == ({"alice": LATER + 5}, {"alice": LATER + 7})


def test_unreadable_database_is_borne_for_a_stated_time_and_then_refused(
    log: LiveLog, clock: Clock, settings: Settings
) -> None:
    settings.AUTHSITE_CHANGE_LOG_MAX_AGE = timedelta(seconds=10)
    append(LATER)
    log.copy()

    with database_down():
        clock.now += 11
        assert log.copy().tail == LATER
        clock.now += 0.5
        with pytest.raises(ChangeLogUnreadableError):
            log.copy()
    clock.now += 1
    append(LATER + 1)
    assert log.copy().tail == LATER + 1


def test_time_is_a_setting(log: LiveLog, clock: Clock, settings: Settings) -> None:
    settings.AUTHSITE_CHANGE_LOG_MAX_AGE = timedelta(0)
    log.copy()

    with database_down():
        clock.now += 1.5
        with pytest.raises(ChangeLogUnreadableError):
            log.copy()


def test_process_that_never_read_the_log_refuses(log: LiveLog) -> None:
    with database_down(), pytest.raises(ChangeLogUnreadableError):
        log.copy()


def test_database_that_is_down_is_asked_once_a_second(log: LiveLog, clock: Clock) -> None:
    log.copy()
    clock.now += 2
    asked = []

    def refuse(*_statement: object) -> None:
        asked.append(clock.now)
        raise OperationalError

    with connection.execute_wrapper(refuse):
        for _ in range(5):
            log.copy()

    assert len(asked) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_threads_that_come_together_read_once(log: LiveLog, clock: Clock) -> None:
    log.copy()
    append(LATER)
    clock.now += 2
    barrier = Barrier(8)
    tails = []

    def read() -> None:
        try:
            barrier.wait(timeout=30)
            tails.append(log.copy().tail)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for running in [pool.submit(read) for _ in range(8)]:
            running.result(timeout=60)

    assert tails == [LATER] * 8
