"""What a commit writes to the change log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts.change_log.models import ChangeEntry, PendingEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Scope, value, and ``-`` for taken away or ``+`` for added.
Written = list[tuple[str, str, str]]


@contextmanager
def written() -> Iterator[Written]:
    """Collect what the block writes, without repetitions; a test's transaction never commits by itself."""
    connection.check_constraints()  # PostgreSQL: run what waits for the commit
    tail = ChangeEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    entries: Written = []
    yield entries
    connection.check_constraints()
    later = ChangeEntry.objects.filter(position__gt=tail).order_by("position")
    entries += dict.fromkeys((each.scope, each.value, "-" if each.took_away else "+") for each in later)
    assert not PendingEntry.objects.exists()


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def in_database(value: Any) -> Any:
    """Return a UUID as the column holds it."""
    return value if connection.vendor == "postgresql" else value.hex
