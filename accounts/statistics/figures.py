"""Figures that take long: shown as they were found the last time, and found anew beside the request."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from accounts.statistics.models import Figure

#: A figure is not looked for again before so long, nor before a hundred times of how long it took: whoever
#: reloads the page all day keeps one core busy for one hundredth of it.
SHORTEST_AGE: Final = timedelta(seconds=5)
_REST: Final = 100
#: For how long nobody else looks for it while somebody does; who was killed meanwhile is followed then.
LONGEST_SEARCH: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure, when it was so, and whether to find it anew; without a moment it was not found yet."""

    value: Any = None
    as_of: datetime | None = None
    is_due: bool = True


def read_figure(name: str, *, scope: str, now: datetime) -> Reading:
    """Return a figure as it was found the last time. One query."""
    row = Figure.objects.filter(scope=scope, name=name).first()
    return Reading(value=row.value, as_of=row.as_of, is_due=row.due_at <= now) if row else Reading()


def find_if_due(name: str, find: Callable[[], object], *, scope: str, now: datetime) -> bool:
    """Find a figure anew where that is due and nobody else does; tell whether this was so."""
    Figure.objects.get_or_create(scope=scope, name=name, defaults={"due_at": now})
    row = Figure.objects.filter(scope=scope, name=name)
    if not row.filter(due_at__lte=now).update(due_at=now + LONGEST_SEARCH):
        return False
    begun = time.monotonic()
    value = find()
    took = timedelta(seconds=time.monotonic() - begun)
    row.update(value=value, as_of=now, due_at=now + max(SHORTEST_AGE, _REST * took))
    return True
