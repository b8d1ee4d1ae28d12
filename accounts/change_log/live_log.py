"""The live part of the change log in memory, so that verifying a token costs no query (design.md §6)."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts import conf
from accounts.change_log.errors import ChangeLogUnreadableError
from accounts.change_log.models import ChangeEntry, newest_position
from accounts.change_log.scopes import CODES, Scope

logger = logging.getLogger(__name__)

#: Every process reads the tail at most this often, in seconds.
MAX_AGE = 1.0
#: How much longer than the longest lifetime of a token entries are kept in memory, in milliseconds.
_MARGIN = 600_000
_FORGET_EVERY = 3_600_000

#: Scope → value → the newest position: an older entry of the same scope and value says nothing more.
Positions = dict[str, dict[str, int]]


def live_since() -> int:
    """Return the position before which no entry matters: no token that is so old still lives."""
    lifetime = int(conf.MAX_ACCESS_LIFETIME.total_seconds() * 1000)
    return int(timezone.now().timestamp() * 1000) - lifetime - _MARGIN


def _empty() -> Positions:
    return {scope: {} for scope in Scope}


@dataclass(slots=True)
class LogCopy:
    """What one process knows of the log; ``tail`` is the newest position that it read."""

    tail: int = 0
    since: int = 0
    #: The newest position of an entry that takes a code away: below it, no claim has to be looked through.
    code_taken: int = 0
    taken: Positions = field(default_factory=_empty)
    added: Positions = field(default_factory=_empty)

    def add(self, position: int, scope: str, value: str, *, took_away: bool) -> None:
        """Take one entry in."""
        positions = self.taken if took_away else self.added
        positions.setdefault(scope, {})[value] = position
        if took_away and scope in CODES:
            self.code_taken = position
        self.tail = position

    def forget_before(self, position: int) -> None:
        """Drop what no living token can be touched by; readers go on with the old dictionaries."""
        self.since = position
        self.taken, self.added = (_younger(positions, position) for positions in (self.taken, self.added))


def _younger(positions: Positions, than: int) -> Positions:
    return {
        scope: {value: at for value, at in values.items() if at >= than}
        for scope, values in positions.items()
    }


class LiveLog:
    """A copy of the log that reads the tail when it is older than a second.

    Where the database cannot be read, an older copy is good for ``conf.change_log_max_age`` more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self.forget()

    def copy(self) -> LogCopy:
        """Return the log, read at most ``MAX_AGE`` seconds ago where the database answers.

        :raise ChangeLogUnreadableError: it has not answered for too long
        """
        if self._clock() - self._tried_at >= MAX_AGE:
            with self._lock:
                if self._clock() - self._tried_at >= MAX_AGE:  # else another thread has just read it
                    self._read()
        return self._usable()

    def read_now(self) -> LogCopy:
        """Return the log as it is now: a token comes from a later position than the copy knows.

        :raise ChangeLogUnreadableError: it has not answered for too long
        """
        with self._lock:
            self._read()
        return self._usable()

    def forget(self) -> None:
        """Read everything anew at the next use."""
        self._copy: LogCopy | None = None
        self._read_at = self._tried_at = float("-inf")

    def _usable(self) -> LogCopy:
        allowed = MAX_AGE + conf.change_log_max_age().total_seconds()
        if self._copy is None or self._clock() - self._read_at > allowed:
            raise ChangeLogUnreadableError
        return self._copy

    def _read(self) -> None:
        started = self._clock()
        copy = self._copy or LogCopy(since=live_since())
        try:
            later = ChangeEntry.objects.filter(position__gt=max(copy.tail, copy.since)).order_by("position")
            for position, scope, value, took_away in later.values_list():
                copy.add(position, scope, value, took_away=took_away)
            copy.tail = copy.tail or newest_position()
        except (InterfaceError, OperationalError) as error:
            logger.warning("The change log could not be read (%s)", type(error).__name__)
            self._tried_at = self._clock()
            return
        if (since := live_since()) - copy.since > _FORGET_EVERY:
            copy.forget_before(since)
        # Last: until then other threads wait, and do not go on with what is too old.
        self._copy, self._read_at, self._tried_at = copy, started, started


#: The one copy of this process.
live_log = LiveLog()
