"""Trying out a change, as the admin does it: made, looked at, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from accounts.explanations.impact.watch import watch_impact
from accounts.models import User
from tests.accounts.journeys import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.explanations.impact.people import Touched
    from accounts.explanations.impact.values import Difference, Impact


def impact_of(touched: Touched, change: Callable[[], object]) -> Impact:
    """Return what ``change`` would do at ``NOW``; afterwards nothing has happened."""
    connection.check_constraints()  # what the test itself has written is committed, as far as a test can
    with transaction.atomic():
        watch = watch_impact(touched, now=NOW)
        change()
        impact = watch.end()
        transaction.set_rollback(True)
    return impact


def only_difference(impact: Impact) -> Difference:
    """Return the one difference that everybody has."""
    (group,) = impact.groups
    return group.difference


def viewer() -> User:
    """Return somebody who sees everybody, and is in no list."""
    return User(email="viewer@example.org")
