"""Both stores do the same: places are taken in all buckets or in none, given back, and come again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.limits.buckets import Bucket, BucketKind, Refused, Taken
from accounts.limits.in_database import DatabaseStore
from accounts.limits.models import BucketRow

if TYPE_CHECKING:
    from accounts.limits.buckets import HeldPlace, Store

NOW, MINUTE = 1_772_442_000_000, 60_000


def bucket(key: str, size: int) -> Bucket:
    return Bucket(kind=BucketKind.ACCOUNT, key=key, size=size, window=timedelta(minutes=1))


NARROW, WIDE = bucket("narrow", 2), bucket("wide", 5)


def take(store: Store, *buckets: Bucket, at: int = NOW) -> tuple[HeldPlace, ...]:
    outcome = store.take(buckets, now_ms=at)
    assert isinstance(outcome, Taken)
    return outcome.places


def refusal(store: Store, *buckets: Bucket, at: int = NOW) -> list[tuple[str, int, bool]]:
    outcome = store.take(buckets, now_ms=at)
    assert isinstance(outcome, Refused)
    return [(full.bucket.key, full.ends_ms, full.is_news) for full in outcome.full]


def left(store: Store, of: Bucket, *, at: int = NOW) -> int:
    """Take what is left, and say how much it was."""
    taken = 0
    while isinstance(store.take([of], now_ms=at), Taken):
        taken += 1
    return taken


def test_as_many_places_as_fit_and_the_first_refusal_is_news(store: Store) -> None:
    assert [place.ends_ms for place in take(store, NARROW)] == [NOW + MINUTE]
    take(store, NARROW, at=NOW + 1000)

    assert refusal(store, NARROW, at=NOW + 2000) == [("narrow", NOW + MINUTE, True)]
    assert refusal(store, NARROW, at=NOW + 2000) == [("narrow", NOW + MINUTE, False)]


def test_a_full_bucket_takes_no_place_in_the_others(store: Store) -> None:
    take(store, NARROW, WIDE)
    take(store, NARROW, WIDE)

    for _attempt in range(9):
        assert [key for key, _ends, _news in refusal(store, NARROW, WIDE)] == ["narrow"]

    assert left(store, WIDE) == 3


def test_all_begins_anew_when_the_window_ends_and_not_before(store: Store) -> None:
    for _attempt in range(2):
        take(store, NARROW)
    refusal(store, NARROW, at=NOW + MINUTE - 1)

    assert left(store, NARROW, at=NOW + MINUTE) == 2
    assert refusal(store, NARROW, at=NOW + MINUTE) == [("narrow", NOW + 2 * MINUTE, False)]


def test_what_is_given_back_is_free_again(store: Store) -> None:
    take(store, NARROW, WIDE)
    places = take(store, NARROW, WIDE)

    store.give_back(places)

    assert (left(store, NARROW), left(store, WIDE)) == (1, 4)


def test_what_is_given_back_after_its_window_is_worth_nothing(store: Store) -> None:
    places = take(store, NARROW)
    take(store, NARROW, at=NOW + MINUTE)

    store.give_back(places)

    assert left(store, NARROW, at=NOW + MINUTE) == 1


def test_a_bucket_of_one(store: Store) -> None:
    single = bucket("single", 1)
    take(store, single)

    assert [key for key, _ends, _news in refusal(store, single)] == ["single"]


@pytest.mark.django_db
def test_what_was_pruned_meanwhile_is_given_back_to_nobody() -> None:
    store = DatabaseStore()
    places = take(store, NARROW)
    BucketRow.objects.all().delete()

    store.give_back(places)

    assert left(store, NARROW, at=NOW + MINUTE) == 2


@pytest.mark.django_db
def test_in_the_database_places_cost_a_statement_and_the_usual_refusal_writes_nothing() -> None:
    store = DatabaseStore()
    for _attempt in range(2):
        with CaptureQueriesContext(connection) as taking:
            take(store, NARROW, WIDE)
        assert len(taking) == 1
    refusal(store, NARROW, WIDE)
    before = list(BucketRow.objects.order_by("key").values())

    with CaptureQueriesContext(connection) as refusing:
        refusal(store, NARROW, WIDE)

    assert [query["sql"].split()[0] for query in refusing] == ["INSERT", "SELECT"]
    assert list(BucketRow.objects.order_by("key").values()) == before


def test_full_ones_are_told_without_announcing_them(store: Store) -> None:
    take(store, NARROW, WIDE)
    take(store, NARROW, WIDE)

    assert store.full(["narrow", "wide", "unknown"], now_ms=NOW) == {"narrow": NOW + MINUTE}
    assert store.full(["narrow"], now_ms=NOW + MINUTE) == {}
    assert refusal(store, NARROW) == [("narrow", NOW + MINUTE, True)]


def test_an_ended_window_frees_all_places_and_takes_back_none(store: Store) -> None:
    held = take(store, NARROW, WIDE)
    take(store, NARROW)

    store.end_windows(["narrow", "unknown"])
    store.give_back(held)

    assert store.full(["narrow"], now_ms=NOW) == {}
    assert (left(store, NARROW), left(store, WIDE)) == (2, 5)
