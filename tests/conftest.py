"""What every test gets."""

from __future__ import annotations

import uuid
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from typing_extensions import override

from accounts.admin.dashboard.beside import beside_the_page
from accounts.audit.guard import GUARD
from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from accounts.limits.services import redis_pause
from accounts.mails.outbox import outbox
from accounts.services.after_answer import after_answer
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.doors import forget_doors
from tests.log_lines import Lines, written_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def key_ring_of_its_own() -> None:
    """Forget the signing keys of the test before, which its database no longer has."""
    keyring.forget()
    encryption.forget()
    forget_doors()


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


class AtOnce(Executor):
    """Does at once what threads would do later."""

    @override
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        fn(*args, **kwargs)
        return Future()


@pytest.fixture(autouse=True)
def mails_are_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send mails in the test's own thread, so that it finds them in ``mail.outbox``."""
    monkeypatch.setattr(outbox, "executor", AtOnce())


@pytest.fixture(autouse=True)
def nothing_waits_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do in the test's own thread what a thread would do beside the request."""
    monkeypatch.setattr(after_answer, "executor", AtOnce())
    monkeypatch.setattr(beside_the_page, "executor", AtOnce())


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Return the log lines that are written during the test, as production writes them."""
    with written_lines() as lines:
        yield lines


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
