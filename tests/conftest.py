"""What every test gets."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from accounts.audit.guard import GUARD
from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
def cache_of_its_own(settings: Settings) -> None:
    """Give each test an empty cache, without emptying a Redis that may not be ours alone."""
    cache = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": cache}


@pytest.fixture(scope="session", autouse=True)
def guard_lifted_between_tests() -> Iterator[None]:
    """Let transactional tests empty and refill the tables of audit events, which the guard refuses."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (connection.ops, "execute_sql_flush"),
            (connection.creation, "deserialize_db_from_string"),
        ):
            patch.setattr(owner, name, _without_guard(getattr(owner, name)))
        yield


def _without_guard(function: Callable[[Any], None]) -> Callable[[Any], None]:
    def lifted(argument: Any) -> None:
        with transaction.atomic():
            GUARD.drop()
            function(argument)
            GUARD.install()

    return lifted
