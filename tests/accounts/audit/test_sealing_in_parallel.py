"""Seals where many write and many seal: nothing is missed, nobody waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError
from django.db import connection, transaction

from accounts.audit.models import AuditSeal
from accounts.audit.sealing import seal_settled_events
from accounts.audit.verification import verify_audit_log
from tests.accounts.audit.sealed_log import happen, ids, said, seal
from tests.accounts.journeys import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def in_threads(*each: Callable[[], object]) -> None:
    def closing(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        for future in [pool.submit(closing, work) for work in each]:
            future.result(timeout=120)


def test_sealers_in_parallel_miss_nothing_and_seal_nothing_twice() -> None:
    done = Event()

    def write() -> None:
        for _turn in range(25):
            with transaction.atomic():
                happen(2)

    def keep_sealing() -> None:
        while not done.is_set():
            seal(most=7)

    with ThreadPoolExecutor(1) as pool:
        sealing = pool.submit(in_threads, *[keep_sealing] * 3)
        try:
            in_threads(*[write] * 3)
        finally:
            done.set()
        sealing.result(timeout=120)
    seal()

    report = verify_audit_log()
    assert report.finding is None
    assert report.unsealed == 0
    assert report.events == len(ids()) >= 150


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_what_may_still_come_before_is_waited_for() -> None:
    happen(1)
    seal()
    inserted, go_on = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            happen(1)
            inserted.set()
            go_on.wait(timeout=60)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_threads, slow)
        assert inserted.wait(timeout=60)
        later = happen(1)[0]
        with pytest.raises(CommandError, match="still open"):
            said("seal_audit_log", wait=0.2)
        assert AuditSeal.objects.filter(last_id__gte=later - 1).count() == 0
        go_on.set()
        running.result(timeout=60)

    assert [each.events for each in seal()] == [2]
    assert verify_audit_log().finding is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_nobody_waits_for_a_sealer_that_waits() -> None:
    inserted, go_on = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            happen(1)
            inserted.set()
            go_on.wait(timeout=60)

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(in_threads, slow)
        assert inserted.wait(timeout=60)
        wait = timedelta(seconds=60)
        sealing = pool.submit(in_threads, lambda: list(seal_settled_events(now=NOW, patience=wait)))
        later = happen(3)  # would hang if the sealer locked the table
        go_on.set()
        running.result(timeout=60)
        sealing.result(timeout=60)
    seal()

    assert AuditSeal.objects.latest("number").last_id == later[-1]
    assert verify_audit_log().finding is None
