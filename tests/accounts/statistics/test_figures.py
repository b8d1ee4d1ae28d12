"""Figures that take long are found now and then, by one process at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.statistics.figures import LONGEST_SEARCH, SHORTEST_AGE, find_if_due, read_figure
from tests.accounts.statistics.traffic import NOW

pytestmark = pytest.mark.django_db


def test_a_figure_is_found_once_and_kept_with_its_moment() -> None:
    assert read_figure("live", scope="*", now=NOW).as_of is None

    assert find_if_due("live", lambda: 7, scope="*", now=NOW)

    reading = read_figure("live", scope="*", now=NOW)
    assert (reading.value, reading.as_of) == (7, NOW)
    assert read_figure("live", scope="acme", now=NOW).as_of is None
    assert not find_if_due("live", lambda: 8, scope="*", now=NOW + SHORTEST_AGE / 2)
    assert find_if_due("live", lambda: 8, scope="*", now=NOW + SHORTEST_AGE)
    assert read_figure("live", scope="*", now=NOW).value == 8


def test_a_figure_is_not_looked_for_by_two() -> None:
    def find() -> int:
        assert not find_if_due("live", lambda: 1, scope="*", now=NOW)
        return 2

    assert find_if_due("live", find, scope="*", now=NOW)
    assert read_figure("live", scope="*", now=NOW).value == 2


def test_a_search_that_broke_off_is_followed_by_another() -> None:
    def broken() -> int:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        find_if_due("live", broken, scope="*", now=NOW)

    assert not find_if_due("live", lambda: 3, scope="*", now=NOW + LONGEST_SEARCH / 2)
    assert find_if_due("live", lambda: 3, scope="*", now=NOW + LONGEST_SEARCH)


def test_what_takes_long_is_found_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 20.0])
    monkeypatch.setattr("accounts.statistics.figures.time.monotonic", lambda: next(clock))

    find_if_due("live", lambda: 1, scope="*", now=NOW)

    monkeypatch.undo()
    assert not find_if_due("live", lambda: 2, scope="*", now=NOW + timedelta(seconds=1999))
    assert find_if_due("live", lambda: 2, scope="*", now=NOW + timedelta(seconds=2000))
