"""What every test gets."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from tests.log_lines import Lines, written_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Return the log lines that are written during the test, as production writes them."""
    with written_lines() as lines:
        yield lines
