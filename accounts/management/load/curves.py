"""When things happen: by the hours of the day, the days of the week, and over the months."""

from collections.abc import Iterator, Sequence
from typing import Final

from accounts.management.load.moments import DAY, HOUR

#: From midnight to midnight, UTC; people in Spain are an hour or two ahead.
_HOURS: Final = (2, 1, 1, 1, 2, 5, 14, 30, 36, 32, 28, 26, 20, 18, 22, 24, 21, 17, 15, 14, 12, 9, 6, 4)
#: From Monday on.
_WEEKDAYS: Final = (1.15, 1.05, 1.0, 1.0, 0.9, 0.35, 0.3)
#: 1970-01-01 was a Thursday.
_FIRST_WEEKDAY: Final = 3
#: How much more there is now than 90 days ago.
_GROWTH: Final = 1.3


def weight_of_hour(hour: int, *, age: float) -> float:
    """Return how much happens in an hour since 1970; ``age`` is 1 for the oldest and 0 for now."""
    weekday = (hour * HOUR // DAY + _FIRST_WEEKDAY) % 7
    return _HOURS[hour % 24] * _WEEKDAYS[weekday] * (_GROWTH - (_GROWTH - 1) * age)


def shares(total: int, weights: Sequence[float]) -> Iterator[int]:
    """Yield ``total`` in whole parts as the weights are; they add up."""
    whole, seen, given = sum(weights), 0.0, 0
    for weight in weights:
        seen += weight
        upto = round(total * seen / whole)
        yield upto - given
        given = upto
