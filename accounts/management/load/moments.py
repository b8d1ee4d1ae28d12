"""Moments as whole microseconds since 1970, and as the text that both engines read."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def microseconds_of(moment: datetime) -> int:
    """Return a moment as microseconds."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def text_of(moment: int) -> str:
    """Return microseconds as text in UTC: ``2026-03-02 09:00:00.000000``."""
    hour, rest = divmod(moment, HOUR)
    minute, rest = divmod(rest, MINUTE)
    second, rest = divmod(rest, SECOND)
    return f"{_hour(hour)}:{minute:02}:{second:02}.{rest:06}"


@lru_cache(maxsize=10_000)
def _hour(hours: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H")
