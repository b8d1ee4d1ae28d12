"""Redis that does not answer: the database counts, the log says so, and nobody waits for it each time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.limits.buckets import Bucket, BucketKind
from accounts.limits.errors import ThrottledError
from accounts.limits.models import BucketRow
from accounts.limits.services import give_back, redis_pause, take_places
from authsite import formats
from tests.accounts.journeys import NOW
from tests.storms.servers import free_port

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

ONLY = [Bucket(kind=BucketKind.ACCOUNT, key="account:alice", size=3, window=timedelta(minutes=1))]


def lose_redis(settings: Settings) -> None:
    down = formats.redis(f"redis://127.0.0.1:{free_port()}/0")
    settings.CACHES = settings.CACHES | {"default": down}


def test_the_database_counts_instead_and_the_log_says_so_once(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    lose_redis(settings)

    with caplog.at_level(logging.WARNING):
        for _attempt in range(3):
            take_places(ONLY, now=NOW)
        with pytest.raises(ThrottledError):
            take_places(ONLY, now=NOW)

    assert [record.getMessage() for record in caplog.records] == [
        "Redis does not answer (ConnectionError): for 10 s the database counts attempts"
    ]
    assert BucketRow.objects.get().places_left == 0


@pytest.mark.usefixtures("with_redis")
def test_redis_lost_between_taking_and_giving_back_keeps_the_place_taken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reservation = take_places(ONLY, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(reservation.store, "_give_back", _timed_out)

        give_back(reservation)

    assert redis_pause.is_on()
    redis_pause.until = 0.0
    take_places(ONLY, now=NOW)
    take_places(ONLY, now=NOW)
    with pytest.raises(ThrottledError):
        take_places(ONLY, now=NOW)
    assert not BucketRow.objects.exists()


@pytest.mark.usefixtures("with_redis")
def test_redis_that_is_back_counts_again(settings: Settings) -> None:
    found = settings.CACHES
    lose_redis(settings)
    take_places(ONLY, now=NOW)
    settings.CACHES = found
    redis_pause.until = 0.0

    take_places(ONLY, now=NOW)

    assert BucketRow.objects.get().places_left == 2


def _timed_out(*_arguments: object) -> None:
    from redis import TimeoutError as RedisTimeoutError  # noqa: PLC0415 - a name of Python's

    raise RedisTimeoutError
