"""What the open transaction has written to the change log, and what another one has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from accounts.change_log.models import ChangeEntry, PendingEntry, newest_position
from accounts.explanations.impact.log import Entries, entries_of_this_transaction
from accounts.models import Role, User
from tests.accounts.journeys import NOW
from tests.factories import RoleFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_what_is_taken_away_and_what_is_added() -> None:
    alice = UserFactory.create(special_permissions=True)
    with transaction.atomic():
        position = newest_position()
        assert entries_of_this_transaction(after=position) == Entries(take_away=False, add=False)
        User.objects.filter(pk=alice.pk).update(name="Ann")
        assert entries_of_this_transaction(after=position) == Entries(take_away=False, add=True)
        position = newest_position()
        User.objects.filter(pk=alice.pk).update(special_permissions=False)
        assert entries_of_this_transaction(after=position) == Entries(take_away=True, add=False)


def test_what_was_rolled_back_is_in_no_log() -> None:
    alice = UserFactory.create(special_permissions=True)
    before = list(ChangeEntry.objects.values())
    with transaction.atomic():
        position = newest_position()
        User.objects.filter(pk=alice.pk).update(special_permissions=False)
        assert entries_of_this_transaction(after=position).take_away
        transaction.set_rollback(True)

    assert list(ChangeEntry.objects.values()) == before
    assert not PendingEntry.objects.exists()


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_what_another_transaction_takes_away_meanwhile_is_not_this_ones() -> None:
    alice, mallory = UserFactory.create(), UserFactory.create(special_permissions=True)

    def take_away() -> None:
        User.objects.filter(pk=mallory.pk).update(special_permissions=False)
        connection.close()

    with transaction.atomic():
        position = newest_position()
        User.objects.filter(pk=alice.pk).update(name="Ann")
        other = Thread(target=take_away)
        other.start()
        other.join()
        assert newest_position() > position  # the other has committed

        assert entries_of_this_transaction(after=position) == Entries(take_away=False, add=True)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_whoever_changes_a_role_and_whoever_gives_it_do_not_wait_for_each_other() -> None:
    alice, role = UserFactory.create(special_permissions=True), RoleFactory.create()
    has_locked = Event()

    def change_the_role() -> Entries:
        try:
            with transaction.atomic():
                position = newest_position()
                Role.objects.select_for_update().get(pk=role.pk)
                Role.objects.filter(pk=role.pk).update(retired_at=NOW)
                has_locked.set()
                wait_until_somebody_waits_for_this()
                return entries_of_this_transaction(after=position)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(change_the_role)
        assert has_locked.wait(timeout=30)
        with transaction.atomic():
            position = newest_position()
            alice.roles.add(role.pk)
            assert entries_of_this_transaction(after=position) == Entries(take_away=False, add=True)
        assert other.result(timeout=30).take_away


def wait_until_somebody_waits_for_this() -> None:
    tick = Event()
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone():
                return
        tick.wait(0.05)
    pytest.fail("nobody waits")
