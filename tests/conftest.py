"""What every test gets."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from accounts.limits.services import redis_pause

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def key_ring_of_its_own() -> None:
    """Forget the signing keys of the test before, which its database no longer has."""
    keyring.forget()


@pytest.fixture(autouse=True)
def change_log_of_its_own() -> None:
    """Forget the change log of the test before."""
    live_log.forget()


@pytest.fixture(autouse=True)
def limits_of_its_own() -> None:
    """Ask Redis again; its buckets are under the prefix below, and the database's go with its rows."""
    redis_pause.until = 0.0


@pytest.fixture
def without_limits(settings: Settings) -> None:
    """Let a test try as often as it likes, where that is not what it is about."""
    settings.AUTHSITE_LIMITS = dict.fromkeys(settings.AUTHSITE_LIMITS, 100_000)


@pytest.fixture(autouse=True)
def cache_of_its_own(settings: Settings) -> None:
    """Give each test an empty cache, without emptying a Redis that may not be ours alone."""
    cache = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": cache}
