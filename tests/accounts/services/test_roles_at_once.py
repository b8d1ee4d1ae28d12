"""Two administrators change different roles of one person at the same moment: neither undoes the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from accounts.audit.models import AuditEvent
from accounts.services.users import assign_role, unassign_role
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*changes: tuple[Callable[..., User], User, Role]) -> None:
    ready = Barrier(len(changes))

    def do(change: Callable[..., User], user: User, role: Role) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=60)
            change(user_id=user.pk, role=role, actor=SYSTEM, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(changes)) as pool:
        for done in [pool.submit(do, *each) for each in changes]:
            done.result(timeout=120)


def test_single_roles_given_and_taken_at_once_are_all_so() -> None:
    editor = RoleFactory.create(code="editor")
    for _turn in range(10):
        alice = UserFactory.create(roles=["editor"])
        given = [RoleFactory.create() for _role in range(3)]

        at_once((unassign_role, alice, editor), *((assign_role, alice, role) for role in given))

        assert set(alice.roles.all()) == set(given)
        events = AuditEvent.objects.filter(subject_id=str(alice.pk))
        assert events.filter(type="role.unassigned").count() == 1
        assert events.filter(type="role.assigned").count() == len(given)
