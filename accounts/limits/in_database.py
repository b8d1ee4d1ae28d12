"""Buckets in the database: places are taken by one statement, which refuses what does not fit."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection

from accounts.limits.buckets import Bucket, FullBucket, HeldPlace, Refused, Taken
from accounts.limits.models import BucketRow

#: Where others are faster, so that one place is had and another is not, it is tried again.
_MAX_TRIES: Final = 3

# A bucket found full leaves every row as it is: the usual refusal writes nothing. One that fills up meanwhile
# is caught by the last condition, which sees the newest row under its lock. The rows are locked in one order,
# so that two statements never wait for each other.
_TAKE: Final = """\
INSERT INTO "limits_bucket" AS held (key, places_left, ends_ms, is_announced)
SELECT column1, column2, column3, FALSE FROM (VALUES {rows}) AS wanted
WHERE NOT EXISTS (
    SELECT 1 FROM "limits_bucket" other
    WHERE other.key IN ({keys}) AND other.places_left = 0 AND other.ends_ms > %s
)
ORDER BY column1
ON CONFLICT (key) DO UPDATE SET
    places_left = CASE WHEN held.ends_ms > %s THEN held.places_left - 1 ELSE excluded.places_left END,
    ends_ms = CASE WHEN held.ends_ms > %s THEN held.ends_ms ELSE excluded.ends_ms END,
    is_announced = held.is_announced AND held.ends_ms > %s
WHERE held.places_left > 0 OR held.ends_ms <= %s
RETURNING key, ends_ms"""

# An INSERT again, for its order of locks. A row that was pruned meanwhile comes back with its ended window.
_GIVE_BACK: Final = """\
INSERT INTO "limits_bucket" AS held (key, places_left, ends_ms, is_announced)
SELECT column1, column2, column3, FALSE FROM (VALUES {rows}) AS wanted WHERE TRUE ORDER BY column1
ON CONFLICT (key) DO UPDATE SET places_left = held.places_left + 1
WHERE held.ends_ms = excluded.ends_ms"""


class DatabaseStore:
    """The table of buckets, shared by every process of the installation."""

    def take(self, buckets: Sequence[Bucket], *, now_ms: int) -> Taken | Refused:
        """Take a place in each of the buckets, or in none."""
        for _try in range(_MAX_TRIES):
            places = self._take(buckets, now_ms)
            if len(places) == len(buckets):
                return Taken(places=places)
            if places:
                self.give_back(places)
            full = self._full(buckets, now_ms)
            if full:
                return Refused(full=full)
        return Refused(full=())

    def give_back(self, places: Sequence[HeldPlace]) -> None:
        """Give places back, unless their window has ended."""
        rows = [value for place in places for value in (place.key, 0, place.ends_ms)]
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK.format(rows=_rows(len(places))), rows)

    def full(self, keys: Sequence[str], *, now_ms: int) -> Mapping[str, int]:
        """Return the keys of those that are full, each with the end of its window; nothing is announced."""
        rows = BucketRow.objects.filter(key__in=keys, places_left=0, ends_ms__gt=now_ms)
        return dict(rows.values_list("key", "ends_ms"))

    def end_windows(self, keys: Sequence[str]) -> None:
        """End the windows of these; the rows stay, or what is given back later would make full ones."""
        # One by one: a statement over many could wait for another one over the same rows in another order.
        for key in keys:
            BucketRow.objects.filter(key=key).update(ends_ms=0)

    def _take(self, buckets: Sequence[Bucket], now_ms: int) -> tuple[HeldPlace, ...]:
        wanted = [value for each in buckets for value in (each.key, each.size - 1, now_ms + _window_ms(each))]
        keys = [each.key for each in buckets]
        sql = _TAKE.format(rows=_rows(len(buckets)), keys=", ".join(["%s"] * len(keys)))
        with connection.cursor() as cursor:
            cursor.execute(sql, [*wanted, *keys, *[now_ms] * 5])
            return tuple(HeldPlace(key=key, ends_ms=ends_ms) for key, ends_ms in cursor.fetchall())

    def _full(self, buckets: Sequence[Bucket], now_ms: int) -> tuple[FullBucket, ...]:
        by_key = {each.key: each for each in buckets}
        rows = BucketRow.objects.filter(key__in=by_key, places_left=0, ends_ms__gt=now_ms)
        return tuple(
            FullBucket(bucket=by_key[row.key], ends_ms=row.ends_ms, is_news=self._announce(row))
            for row in rows
        )

    def _announce(self, row: BucketRow) -> bool:
        """Tell whether this is the first refusal of the window: of many at once, one is."""
        if row.is_announced:
            return False
        same = BucketRow.objects.filter(key=row.key, ends_ms=row.ends_ms, is_announced=False)
        return bool(same.update(is_announced=True))


def _rows(count: int) -> str:
    return ", ".join(["(%s, %s, %s)"] * count)


def _window_ms(bucket: Bucket) -> int:
    return int(bucket.window.total_seconds() * 1000)
