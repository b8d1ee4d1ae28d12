"""What is asked of the change log beside the triggers: an entry for everybody, and space."""

from accounts.change_log.models import ChangeEntry, PendingEntry
from accounts.change_log.scopes import Scope


def append_for_everybody() -> None:
    """Take something away from every token: nobody knows whose rows were changed, or whose key leaked."""
    PendingEntry.objects.create(scope=Scope.EVERYBODY, value="", took_away=True)


def delete_entries_before(position: int, *, at_most: int) -> int:
    """Delete up to ``at_most`` entries older than ``position``, the oldest first; return how many.

    The newest one stays: the next position has to be greater.
    """
    newest = ChangeEntry.objects.order_by("-position").values_list("position", flat=True).first()
    if newest is None:
        return 0
    old = ChangeEntry.objects.filter(position__lt=min(position, newest)).order_by("position")
    return ChangeEntry.objects.filter(
        position__in=list(old.values_list("position", flat=True)[:at_most])
    ).delete()[0]
