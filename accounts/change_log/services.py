"""What is asked of the change log beside the triggers: an entry for everybody, and what may go."""

from django.db.models import QuerySet

from accounts.change_log.models import ChangeEntry, PendingEntry, newest_position
from accounts.change_log.scopes import Scope


def append_for_everybody() -> None:
    """Take something away from every token: nobody knows whose rows were changed, or whose key leaked."""
    PendingEntry.objects.create(scope=Scope.EVERYBODY, value="", took_away=True)


def append_pause() -> None:
    """Say that the triggers go away: nobody knows what is taken away until the next entry for everybody."""
    PendingEntry.objects.create(scope=Scope.PAUSED, value="", took_away=True)


def old_entries(*, before: int) -> QuerySet[ChangeEntry]:
    """Return the entries older than the position ``before``, the oldest first.

    The newest one never is: the next position has to be greater.
    """
    return ChangeEntry.objects.filter(position__lt=min(before, newest_position())).order_by("position")
