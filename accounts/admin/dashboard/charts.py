"""Bars that the server draws: all geometry, and every word of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

_BAR: Final = 10
_GAP: Final = 1
_HEIGHT: Final = 100
#: Where a scale may end: the half of each is a whole number, too.
_ENDS: Final = (2, 4, 6, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One rectangle in a drawing of 100 units' height, and what it says."""

    x: int
    y: str
    height: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars from left to right, with the words around them."""

    name: str
    series: int
    title: str
    total: str
    note: str
    description: str
    width: int
    bar_width: int
    bars: tuple[Bar, ...]
    scale: tuple[str, ...]
    marks: tuple[str, ...]


def grouped(number: int) -> str:
    """Return a number with the thousands' marks of the reader's language."""
    return number_format(number, use_l10n=True, force_grouping=True)


def draw(
    *,
    name: str,
    series: int,
    title: str,
    note: str,
    labels: Sequence[str],
    values: Sequence[int],
    marks_every: int,
) -> Chart:
    """Draw one bar for each value; every so many bars the label stands below."""
    end = _end_of_scale(max(values))
    bars = tuple(
        Bar(
            x=index * 2 * _BAR + _GAP,
            y=_units(_HEIGHT - value * _HEIGHT / end),
            height=_units(value * _HEIGHT / end),
            title=f"{label}: {grouped(value)}",
        )
        for index, (label, value) in enumerate(zip(labels, values, strict=True))
    )
    return Chart(
        name=name,
        series=series,
        title=title,
        total=grouped(sum(values)),
        note=note,
        description=_described(labels, values),
        width=len(values) * 2 * _BAR,
        bar_width=2 * (_BAR - _GAP),
        bars=bars,
        scale=(grouped(end), grouped(end // 2), "0"),
        marks=tuple(labels[::marks_every]),
    )


def _described(labels: Sequence[str], values: Sequence[int]) -> str:
    most = max(values)
    return _("%(total)s in all, from %(first)s to %(last)s; most at %(peak)s: %(most)s.") % {
        "total": grouped(sum(values)),
        "first": labels[0],
        "last": labels[-1],
        "peak": labels[values.index(most)],
        "most": grouped(most),
    }


def _end_of_scale(most: int) -> int:
    power = 1
    while True:
        for end in _ENDS:
            if end * power >= most:
                return end * power
        power *= 10


def _units(length: float) -> str:
    # Not by the template: SVG wants a point where Spanish has a comma.
    return f"{length:.2f}"
