"""Buckets in Redis: each step is one script, which Redis runs without letting anything in between."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.limits.buckets import Bucket, FullBucket, HeldPlace, Refused, Taken

#: Redis forgets a bucket this long after its window has ended.
_KEPT_MS: Final = 60_000

# Answers the ends of the windows in which places were taken; or, for each full bucket, its number, its end
# and whether this is its first refusal.
_TAKE: Final = """
local now, full, ends = tonumber(ARGV[1]), {}, {}
for number, key in ipairs(KEYS) do
    local left, at = unpack(redis.call('HMGET', key, 'left', 'ends'))
    if at and tonumber(at) > now and tonumber(left) <= 0 then
        table.insert(full, {number, tonumber(at), redis.call('HSETNX', key, 'announced', 1)})
    end
end
if #full > 0 then return {0, full} end
for number, key in ipairs(KEYS) do
    local at = tonumber(redis.call('HGET', key, 'ends') or 0)
    if at > now then
        redis.call('HINCRBY', key, 'left', -1)
    else
        local window = tonumber(ARGV[2 * number + 1])
        at = now + window
        redis.call('DEL', key)
        redis.call('HSET', key, 'left', ARGV[2 * number] - 1, 'ends', string.format('%d', at))
        redis.call('PEXPIRE', key, window + tonumber(ARGV[2 * #KEYS + 2]))
    end
    table.insert(ends, at)
end
return {1, ends}"""

_GIVE_BACK: Final = """
for number, key in ipairs(KEYS) do
    if redis.call('HGET', key, 'ends') == ARGV[number] then redis.call('HINCRBY', key, 'left', 1) end
end"""


class RedisStore:
    """Buckets under a prefix of the configured Redis; ``redis.RedisError`` where it does not answer."""

    def __init__(self, url: str, prefix: str) -> None:
        self._client = client = _client(url)
        self._take = client.register_script(_TAKE)
        self._give_back = client.register_script(_GIVE_BACK)
        self._prefix = f"{prefix}:limits:"

    def take(self, buckets: Sequence[Bucket], *, now_ms: int) -> Taken | Refused:
        """Take a place in each of the buckets, or in none."""
        arguments = [now_ms]
        for each in buckets:
            arguments += [each.size, int(each.window.total_seconds() * 1000)]
        answer: Any = self._take(self._keys(buckets), [*arguments, _KEPT_MS])
        is_taken, rows = answer
        if is_taken:
            pairs = zip(buckets, rows, strict=True)
            return Taken(places=tuple(HeldPlace(key=each.key, ends_ms=ends) for each, ends in pairs))
        return Refused(
            full=tuple(
                FullBucket(bucket=buckets[number - 1], ends_ms=ends, is_news=bool(is_news))
                for number, ends, is_news in rows
            )
        )

    def give_back(self, places: Sequence[HeldPlace]) -> None:
        """Give places back, unless their window has ended."""
        self._give_back(self._keys(places), [place.ends_ms for place in places])

    def full(self, keys: Sequence[str], *, now_ms: int) -> Mapping[str, int]:
        """Return the keys of those that are full, each with the end of its window; nothing is announced."""
        with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.hmget(self._prefix + key, "left", "ends")
            answers: list[Any] = pipeline.execute()
        found = {
            key: (int(left or 0), int(ends or 0)) for key, (left, ends) in zip(keys, answers, strict=True)
        }
        return {key: ends for key, (left, ends) in found.items() if left <= 0 and ends > now_ms}

    def end_windows(self, keys: Sequence[str]) -> None:
        """End the windows of these: all places are free, and what is given back later is worth nothing."""
        self._client.delete(*(self._prefix + key for key in keys))

    def _keys(self, named: Sequence[Bucket] | Sequence[HeldPlace]) -> list[str]:
        return [self._prefix + each.key for each in named]


@lru_cache(maxsize=4)
def _client(url: str) -> "Redis":
    """Return the client of a process. A second is long for Redis; what was not answered is not repeated."""
    return Redis.from_url(
        url,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
        max_connections=10_000,
    )
