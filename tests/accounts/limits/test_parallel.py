"""Two hundred guesses at once: no more of them than the limit says are compared with the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from accounts.audit.models import AuditEvent
from accounts.limits.errors import ThrottledError
from accounts.services.credentials import verify_credentials
from accounts.services.errors import InvalidCredentialsError
from tests.accounts.journeys import NOW, ORIGIN
from tests.accounts.refresh_sessions.test_parallel import at_once
from tests.accounts.services.recording_hasher import RecordingHasher
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

GUESSES = 200
# PostgreSQL has a hundred connections, and each costs it a process.
THREADS = 200 if connection.vendor == "sqlite" else 25
PER_PAIR = 10


@pytest.fixture
def hashed(settings: Settings) -> list[str]:
    """Return what reaches the hasher."""
    name = "tests.accounts.services.recording_hasher.RecordingHasher"
    settings.PASSWORD_HASHERS = [name, *settings.PASSWORD_HASHERS]
    RecordingHasher.meanwhile = None
    return RecordingHasher.runs


@pytest.mark.usefixtures("store_name")
@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_no_guess_slips_through(email: str, hashed: list[str]) -> None:
    UserFactory.create(email="alice@example.org")
    hashed.clear()

    def guess() -> list[type[Exception]]:
        refusals: list[type[Exception]] = []
        for _guess in range(GUESSES // THREADS):
            with pytest.raises((InvalidCredentialsError, ThrottledError)) as refusal:
                verify_credentials(email=email, password="wrong", origin=ORIGIN, now=NOW)
            refusals.append(refusal.type)
        return refusals

    answers = [each for thread in at_once(THREADS, guess) for each in thread]

    assert len(hashed) == PER_PAIR
    assert answers.count(InvalidCredentialsError) == PER_PAIR
    assert answers.count(ThrottledError) == GUESSES - PER_PAIR
    assert AuditEvent.objects.filter(type="limit.reached").count() == 1
    assert AuditEvent.objects.filter(type="credentials.rejected").count() == PER_PAIR


@pytest.mark.usefixtures("store_name")
def test_parallel_logins_leave_every_place_free() -> None:
    alice = UserFactory.create(email="alice@example.org")

    def sign_in_ten_times() -> None:
        for _login in range(10):
            verify_credentials(email=alice.email, password=PASSWORD, origin=ORIGIN, now=NOW)

    at_once(8, sign_in_ten_times)

    for _guess in range(PER_PAIR):
        with pytest.raises(InvalidCredentialsError):
            verify_credentials(email=alice.email, password="wrong", origin=ORIGIN, now=NOW)
    with pytest.raises(ThrottledError):
        verify_credentials(email=alice.email, password="wrong", origin=ORIGIN, now=NOW)
