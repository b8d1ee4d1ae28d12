"""What the open transaction has written to the change log: the log itself tells what it takes away."""

from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.change_log.dialects import Postgresql
from accounts.change_log.models import ChangeEntry, newest_position
from accounts.change_log.scopes import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Whether entries of one transaction take something away, and whether they add."""

    take_away: bool
    add: bool

    @property
    def any(self) -> bool:
        """Tell whether there are entries at all."""
        return self.take_away or self.add


def entries_of_this_transaction(*, after: int) -> Entries:
    """Return what was written later than the position ``after``, which was read before the change.

    On PostgreSQL the triggers of the log wait for the commit: here they fire now, under the lock that
    gives positions, so that no entry of another transaction is taken for one of this. Nothing may wait
    for a row of somebody else between this and the end of the transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            _check_references(cursor)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Postgresql.lock])
        after = max(after, newest_position())
        connection.check_constraints()
    written = ChangeEntry.objects.filter(position__gt=after).exclude(scope=Scope.SID)
    kinds = set(written.values_list("took_away", flat=True).distinct())
    return Entries(take_away=True in kinds, add=False in kinds)


def _check_references(cursor: CursorWrapper) -> None:
    """Check the foreign keys before the lock, as a commit does: they wait for whoever writes what they name.

    Under the lock, the other one would wait for the lock, and neither would ever go on.
    """
    cursor.execute(
        "SELECT string_agg(DISTINCT format('%I.%I', nspname, conname), ', ') FROM pg_constraint"
        " JOIN pg_namespace ON pg_namespace.oid = connamespace"
        " WHERE contype = 'f' AND condeferrable AND nspname = current_schema()"
    )
    cursor.execute(f"SET CONSTRAINTS {cursor.fetchone()[0]} IMMEDIATE")
