"""The live part of the change log in memory, so that verifying a token costs no query (design.md §6)."""

import logging
import time
from collections.abc import Callable
from threading import Lock

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts import conf
from accounts.change_log.errors import ChangeLogUnreadableError
from accounts.change_log.log_copy import LogCopy
from accounts.change_log.models import ChangeEntry, newest_position

logger = logging.getLogger(__name__)

#: Every process reads the tail at most this often, in seconds; who comes meanwhile waits as long at most.
MAX_AGE = 1.0
#: How much longer than the longest lifetime of a token entries are kept in memory, in milliseconds.
_MARGIN = 600_000
_FORGET_EVERY = 3_600_000


def live_since(newest: int) -> int:
    """Return the position before which no entry matters: no token that is so old still lives.

    Counted from the newest entry where the clock is ahead of it: a wrong clock only keeps more.
    """
    lifetime = int(conf.MAX_ACCESS_LIFETIME.total_seconds() * 1000)
    return min(int(timezone.now().timestamp() * 1000), newest) - lifetime - _MARGIN


class LiveLog:
    """A copy of the log that reads the tail when it is older than a second.

    Where the database cannot be read, an older copy is good for ``conf.change_log_max_age`` more; so it is
    while the triggers are away.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self.forget()

    def copy(self) -> LogCopy:
        """Return the log, read at most ``MAX_AGE`` seconds ago where the database answers.

        :raise ChangeLogUnreadableError: it has not answered, or had its triggers, for too long
        """
        now = self._clock()
        if now - self._tried_at >= MAX_AGE and self._lock.acquire(timeout=MAX_AGE):
            try:
                if now - self._tried_at >= MAX_AGE:  # else another thread has just read it
                    self._read()
            finally:
                self._lock.release()
        return self._usable(now)

    def read_now(self) -> LogCopy:
        """Return the log as it is now: a token comes from a later position than the copy knows.

        :raise ChangeLogUnreadableError: it cannot be read at this moment
        """
        asked_at = self._clock()
        with self._lock:
            if self._read_at < asked_at and (self._is_readable or asked_at - self._tried_at >= MAX_AGE):
                self._read()
        if self._copy is None or not self._is_readable:
            raise ChangeLogUnreadableError
        return self._copy

    def forget(self) -> None:
        """Read everything anew at the next use."""
        self._copy: LogCopy | None = None
        self._read_at = self._tried_at = self._unpaused_at = float("-inf")
        self._is_readable = True

    def _usable(self, now: float) -> LogCopy:
        tolerated = conf.change_log_max_age().total_seconds()
        is_old = now - self._read_at > MAX_AGE + tolerated
        if self._copy is None or is_old or (self._copy.is_paused and now - self._unpaused_at > tolerated):
            raise ChangeLogUnreadableError
        return self._copy

    def _read(self) -> None:
        started = self._clock()
        try:
            copy = _read_on(self._copy) or _read_anew()
        except (InterfaceError, OperationalError) as error:
            logger.warning("The change log could not be read (%s)", type(error).__name__)
            self._is_readable, self._tried_at = False, self._clock()
            return
        if not copy.is_paused or self._copy is None:
            self._unpaused_at = started
        # The moment of trying last: until then other threads wait, and do not go on with what is too old.
        self._copy, self._read_at, self._is_readable = copy, started, True
        self._tried_at = started


def _read_on(copy: LogCopy | None) -> LogCopy | None:
    """Read what follows the tail; none where there is nothing to go on from.

    The tail's own entry is read again: where it is gone, a backup was restored beneath us. One query.
    """
    if copy is None or copy.tail == 0:
        return None
    entries = list(ChangeEntry.objects.filter(position__gte=copy.tail).order_by("position"))
    if not entries or entries[0].position != copy.tail:
        return None
    for entry in entries[1:]:
        copy.add(entry)
    if (since := live_since(copy.tail)) - copy.since > _FORGET_EVERY:
        copy.forget_before(since)
    return copy


def _read_anew() -> LogCopy:
    """Read the live part. The newest position is read first: what comes in between is in the rows."""
    newest = newest_position()
    copy = LogCopy(since=live_since(newest))
    for entry in ChangeEntry.objects.filter(position__gt=copy.since).order_by("position"):
        copy.add(entry)
    copy.tail = copy.tail or newest
    return copy


#: The one copy of this process.
live_log = LiveLog()
