"""The keys in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.errors import (
    KeysUnreadableError,
    NoSigningKeyError,
    SealedKeyUnreadableError,
    UnknownKeyError,
)
from accounts.keys.keyring import KeyRing, import_key, keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.remembered import MAX_AGE
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """Return the time as it stands."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(clock: Clock) -> KeyRing:
    return KeyRing(clock)


def test_the_table_is_read_once_for_any_number_of_uses_within_a_second(
    ring: KeyRing, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kid = SigningKey.objects.get().kid

    with django_assert_num_queries(1):
        for _use in range(100):
            ring.signing_key("ES256")
            ring.verifying_key(kid)
            clock.at += MAX_AGE / 100


def test_the_table_is_read_again_when_a_second_has_passed(
    ring: KeyRing, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ring.keys()
    clock.at += MAX_AGE + 0.001

    with django_assert_num_queries(1):
        ring.keys()


def test_a_revoked_key_is_forgotten_when_a_second_has_passed(ring: KeyRing, clock: Clock) -> None:
    key = SigningKey.objects.get()
    ring.verifying_key(key.kid)
    SigningKey.objects.update(state=KeyState.REVOKED)
    clock.at += MAX_AGE + 0.001

    with pytest.raises(UnknownKeyError):
        ring.verifying_key(key.kid)
    with pytest.raises(NoSigningKeyError):
        ring.signing_key("ES256")


@pytest.mark.parametrize("state", [KeyState.NEXT, KeyState.PREVIOUS])
def test_a_key_that_is_not_current_verifies_but_does_not_sign(ring: KeyRing, state: KeyState) -> None:
    SigningKey.objects.update(state=state)

    assert ring.verifying_key(SigningKey.objects.get().kid).algorithm == "ES256"
    with pytest.raises(NoSigningKeyError) as refusal:
        ring.signing_key("ES256")
    assert refusal.value.facts == {"algorithm": "ES256"}


def test_a_key_is_opened_once_and_stays_open_when_the_table_is_read_again(
    ring: KeyRing, clock: Clock
) -> None:
    opened = ring.signing_key("ES256").private
    clock.at += MAX_AGE + 0.001

    assert ring.signing_key("ES256").private is opened


def test_a_key_that_does_not_open_still_verifies(ring: KeyRing, settings: Settings) -> None:
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {2: b"x" * 32}
    key = ring.signing_key("ES256")

    assert ring.verifying_key(key.kid) is key
    with pytest.raises(SealedKeyUnreadableError):
        _private = key.private


def test_a_new_key_is_known_to_its_own_process_at_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    keyring.keys()
    with django_capture_on_commit_callbacks(execute=True):
        made = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)

    assert keyring.signing_key("EdDSA").kid == made.kid


def test_an_unknown_kid_is_shortened_in_what_is_reported(ring: KeyRing) -> None:
    with pytest.raises(UnknownKeyError) as refusal:
        ring.verifying_key("k" * 5000)

    assert refusal.value.facts == {"kid": "k" * 64}


def test_a_symmetric_key_is_never_a_signing_key() -> None:
    with pytest.raises(TypeError, match="not asymmetric"):
        import_key({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"})


def test_keys_that_cannot_be_read_are_good_for_a_stated_time(
    ring: KeyRing, clock: Clock, settings: Settings
) -> None:
    settings.AUTHSITE_CHANGE_LOG_MAX_AGE = timedelta(seconds=10)
    known = ring.keys().keys()

    def refuse(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        clock.at += 11
        assert ring.keys().keys() == known
        clock.at += 0.5
        for _use in range(3):
            with pytest.raises(KeysUnreadableError):
                ring.keys()
    clock.at += 2
    assert ring.keys().keys() == known
