"""Positions follow the order of commits: who reads the tail misses none, however writers overlap."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.change_log.models import ChangeEntry
from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WRITERS, EACH = 8, 15


def test_reader_of_the_tail_misses_no_commit_of_parallel_writers() -> None:
    people = [UserFactory.create(special_permissions=True).pk for _ in range(WRITERS)]
    done = Event()

    def write(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - reproducible pauses
        try:
            for turn in range(EACH):
                with transaction.atomic():
                    User.objects.filter(pk=people[number]).update(special_permissions=bool(turn % 2))
                    time.sleep(chance.uniform(0, 0.004))
                    # A second entry, so that a position given too early would lie far before its commit.
                    User.objects.filter(pk=people[number]).update(name=f"{turn}")
                    time.sleep(chance.uniform(0, 0.004))
        finally:
            connection.close()

    def read() -> list[int]:
        seen: list[int] = []
        try:
            while True:
                last_round = done.is_set()
                time.sleep(0.001)
                later = ChangeEntry.objects.filter(position__gt=seen[-1] if seen else 0)
                seen += later.order_by("position").values_list("position", flat=True)
                if last_round:
                    return seen
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read)
        try:
            for writing in [pool.submit(write, number) for number in range(WRITERS)]:
                writing.result(timeout=60)
        finally:
            done.set()
        seen = reading.result(timeout=60)

    written = list(ChangeEntry.objects.order_by("position").values_list("position", flat=True))
    assert len(written) >= WRITERS * EACH * 2
    assert seen == written


def test_what_is_rolled_back_leaves_no_entry() -> None:
    person = UserFactory.create(special_permissions=True)
    before = ChangeEntry.objects.count()

    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(special_permissions=False)
        transaction.set_rollback(True)

    assert ChangeEntry.objects.count() == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_commits_that_need_each_others_rows_do_not_wait_for_each_other() -> None:
    """Foreign keys are checked at the commit, by locking the row that they name: before our lock."""
    from accounts.models import Department  # noqa: PLC0415
    from tests.factories import DepartmentFactory  # noqa: PLC0415

    department = DepartmentFactory.create()
    people = [UserFactory.create() for _ in range(4)]

    def place(number: int) -> None:
        try:
            for turn in range(20):
                with transaction.atomic():
                    # Our trigger first, then a foreign key that needs the department's row.
                    User.objects.filter(pk=people[number].pk).update(name=f"{turn}")
                    User.objects.filter(pk=people[number].pk).update(
                        department=department if turn % 2 else None
                    )
        finally:
            connection.close()

    def retire() -> None:
        try:
            for turn in range(20):
                with transaction.atomic():
                    row = Department.objects.select_for_update().get(pk=department.pk)
                    row.label = f"{turn}"
                    row.save()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        running = [pool.submit(place, number) for number in range(4)]
        running.append(pool.submit(retire))
        for each in running:
            each.result(timeout=60)  # a deadlock would be an error here
