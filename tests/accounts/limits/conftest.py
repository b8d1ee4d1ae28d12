"""Each store in turn, whatever the installation has."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest
from redis import Redis, RedisError

from accounts.limits.in_database import DatabaseStore
from accounts.limits.in_redis import RedisStore
from authsite import formats

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.limits.buckets import Store

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


def redis_url() -> str:
    """Return where Redis is; without one the test is skipped, but not in CI."""
    try:
        Redis.from_url(REDIS_URL, socket_connect_timeout=1).ping()
    except RedisError:
        if os.environ.get("REDIS_URL"):
            raise
        pytest.skip("needs Redis")
    return REDIS_URL


@pytest.fixture
def with_redis(settings: Settings) -> None:
    """Let Redis count, under a prefix of its own."""
    cache = formats.redis(redis_url()) | {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": cache}


@pytest.fixture
def with_database(settings: Settings) -> None:
    """Let the database count."""
    settings.CACHES = settings.CACHES | {"default": dict(formats.CACHE_OF_THIS_PROCESS) | {"KEY_PREFIX": ""}}


@pytest.fixture(params=["database", "redis"])
def store_name(request: pytest.FixtureRequest) -> str:
    """Let each store count in turn."""
    name: str = request.param
    request.getfixturevalue(f"with_{name}")
    return name


@pytest.fixture
def store(store_name: str, db: None) -> Store:
    """Return each store in turn."""
    return DatabaseStore() if store_name == "database" else RedisStore(REDIS_URL, uuid.uuid4().hex)
