"""Taking places before something is tried, and giving them back when it did not fail.

Redis where it is configured, else the database. While Redis is down the database counts: buckets begin
empty there, so that an attacker gains one more window at most, and never an attempt that nobody counts.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Final, TypeVar

from redis import RedisError

from accounts import conf
from accounts.limits.buckets import Bucket, HeldPlace, Refused, Store, Taken
from accounts.limits.errors import ThrottledError
from accounts.limits.in_database import DatabaseStore
from accounts.limits.in_redis import RedisStore

_Answer = TypeVar("_Answer")

logger = logging.getLogger(__name__)

#: Seconds for which a Redis that did not answer is not asked again: each question may take one.
PAUSE: Final = 10.0
#: Seconds to wait where no bucket is full, but others took the places at every try.
_BUSY: Final = 1.0


@dataclass(slots=True)
class RedisPause:
    """Until when this process does without Redis."""

    until: float = 0.0

    def begin(self, error: RedisError) -> None:
        """Do without for a while, and say so once."""
        if not self.is_on():
            logger.warning(
                "Redis does not answer (%s): for %d s the database counts attempts",
                type(error).__name__,
                PAUSE,
            )
        self.until = monotonic() + PAUSE

    def is_on(self) -> bool:
        """Tell whether Redis is done without."""
        return monotonic() < self.until


redis_pause = RedisPause()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Places, and the store that they are from."""

    store: Store
    places: tuple[HeldPlace, ...]


def take_places(buckets: Sequence[Bucket], *, now: datetime) -> Reservation:
    """Take a place in each of the buckets, or in none.

    Called outside of any transaction: others wait for the rows until its end.

    :raise ThrottledError: one of them is full
    """
    ordered = sorted(buckets, key=lambda each: each.key)
    now_ms = _milliseconds(now)
    store, outcome = _take(ordered, now_ms)
    if isinstance(outcome, Taken):
        return Reservation(store=store, places=outcome.places)
    ends = max((full.ends_ms for full in outcome.full), default=0)
    raise ThrottledError(
        wait=max((ends - now_ms) / 1000, _BUSY), begun=tuple(full for full in outcome.full if full.is_news)
    )


def give_back(reservation: Reservation) -> None:
    """Give the places back: what they were for did not fail."""
    try:
        reservation.store.give_back(reservation.places)
    except RedisError as error:
        # They stay taken until the window ends, as if it had failed.
        redis_pause.begin(error)


def full_buckets(buckets: Sequence[Bucket], *, now: datetime) -> list[tuple[Bucket, datetime]]:
    """Return which of them are full now, and until when; the places of none are taken."""
    keys = [each.key for each in buckets]
    now_ms = _milliseconds(now)
    full = _with_store(lambda store: store.full(keys, now_ms=now_ms))
    return [
        (each, datetime.fromtimestamp(full[each.key] / 1000, UTC)) for each in buckets if each.key in full
    ]


def end_windows(buckets: Sequence[Bucket]) -> None:
    """Free all places of the buckets, also in the database, which counts while Redis is down."""
    keys = sorted(each.key for each in buckets)
    _with_store(lambda store: store.end_windows(keys))
    DatabaseStore().end_windows(keys)


def _with_store(ask: Callable[[Store], _Answer]) -> _Answer:
    place = conf.redis_place()
    if place is not None and not redis_pause.is_on():
        try:
            return ask(RedisStore(place.url, place.prefix))
        except RedisError as error:
            redis_pause.begin(error)
    return ask(DatabaseStore())


def _take(buckets: Sequence[Bucket], now_ms: int) -> tuple[Store, Taken | Refused]:
    place = conf.redis_place()
    if place is not None and not redis_pause.is_on():
        store = RedisStore(place.url, place.prefix)
        try:
            return store, store.take(buckets, now_ms=now_ms)
        except RedisError as error:
            redis_pause.begin(error)
    database = DatabaseStore()
    return database, database.take(buckets, now_ms=now_ms)


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)
