"""A value that is read from the database at most once a second, and survives its outages for a while."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

from accounts import conf
from accounts.keys.errors import KeysUnreadableError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Every process reads at most this often, in seconds: a revoked key is refused within it.
MAX_AGE = 1.0


@dataclass(frozen=True, slots=True)
class _Reading(Generic[T]):
    read_at: float
    value: T


class Remembered(Generic[T]):
    """Replaced as a whole, so that threads need no lock; ``read`` gets what was read before."""

    def __init__(self, read: Callable[[T | None], T], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self.forget()

    def value(self) -> T:
        """Return what was read at most ``MAX_AGE`` seconds ago where the database answers.

        Where it does not, an older value is good for as long as an older change log
        (``conf.change_log_max_age``).

        :raise KeysUnreadableError: it has not answered for too long
        """
        if self._clock() - self._tried_at > MAX_AGE:
            self._try_to_read()
        reading = self._reading
        allowed = MAX_AGE + conf.change_log_max_age().total_seconds()
        if reading is None or self._clock() - reading.read_at > allowed:
            raise KeysUnreadableError
        return reading.value

    def forget(self) -> None:
        """Read anew at the next use."""
        self._reading: _Reading[T] | None = None
        self._tried_at = float("-inf")

    def _try_to_read(self) -> None:
        read_at = self._clock()
        try:
            value = self._read(self._reading.value if self._reading else None)
        except (InterfaceError, OperationalError) as error:
            logger.warning("The keys could not be read (%s)", type(error).__name__)
            self._tried_at = self._clock()  # a second after it gave up, however long that took
        else:
            self._reading, self._tried_at = _Reading(read_at, value), read_at
