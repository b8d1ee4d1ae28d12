"""The change log in pages, for resource servers that verify tokens themselves."""

from dataclasses import dataclass

from accounts.change_log.errors import CursorExpiredError
from accounts.change_log.live_log import live_since
from accounts.change_log.models import ChangeEntry, newest_position
from accounts.change_log.scopes import Scope

PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """Entries in order; ``next`` is the cursor to go on with, at once where there is ``more``."""

    entries: tuple[ChangeEntry, ...]
    next: int
    more: bool


def read_page(*, after: int, audience: str) -> ChangePage:
    """Return what follows the cursor ``after``; 0 begins where no living token can be older.

    Entries about other audiences are left out. Two queries.

    :raise CursorExpiredError: the log does not know the cursor: its entries were deleted, or lost with
        the backup that was restored
    """
    if after and not ChangeEntry.objects.filter(position=after).exists():
        raise CursorExpiredError(cursor=after)
    newest = after or newest_position()  # before the rows: what comes in between is in them
    start = after or live_since(newest)
    rows = list(ChangeEntry.objects.filter(position__gt=start).order_by("position")[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return ChangePage(
        entries=tuple(row for row in rows if row.scope != Scope.AUD or row.value == audience),
        next=rows[-1].position if rows else newest,
        more=more,
    )
