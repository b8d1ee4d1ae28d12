"""Making signing keys."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from joserfc import jwt

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import RingKey, import_key
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.revocation import revoke_key
from accounts.keys.services import create_first_signing_key, ensure_current_key, prepare_next_key
from accounts.keys.steps import lock_algorithm
from tests.accounts.journeys import NOW, SYSTEM

pytestmark = pytest.mark.django_db


def test_a_migrated_database_has_one_key_to_sign_with() -> None:
    key = SigningKey.objects.get()

    assert (key.algorithm, key.state) == ("ES256", "current")


def test_the_first_key_is_made_again_where_it_is_gone() -> None:
    SigningKey.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert SigningKey.objects.filter(algorithm="ES256", state=KeyState.CURRENT).count() == 1


def test_migrating_again_changes_no_key() -> None:
    before = SigningKey.objects.get().kid

    create_first_signing_key()

    assert SigningKey.objects.get().kid == before


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_ensuring_a_current_key_twice_makes_one(algorithm: SigningAlgorithm) -> None:
    first = ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    second = ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)

    assert first == second
    assert SigningKey.objects.filter(algorithm=algorithm).count() == 1


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_a_key_of_each_algorithm_signs_what_its_public_half_verifies(algorithm: SigningAlgorithm) -> None:
    row = ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    key = RingKey(row, import_key(row.public_jwk))

    signed = jwt.encode({"alg": algorithm}, {"sub": "alice"}, key.private, registry=jws_registry(algorithm))

    read = jwt.decode(signed, key.public, registry=jws_registry(algorithm))
    assert read.claims == {"sub": "alice"}


def test_making_a_key_is_recorded_without_the_key() -> None:
    created = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)

    event = AuditEvent.objects.get(type=EventType.SIGNING_KEY_CREATED, subject_id=created.kid)
    assert (event.at, event.actor_label) == (NOW, "tests")
    assert event.facts == {"algorithm": "EdDSA", "state": "current"}


def test_the_private_half_stands_nowhere_in_the_row_unsealed() -> None:
    row = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)
    secret = RingKey(row, import_key(row.public_jwk)).private.as_dict(private=True)["d"]

    assert isinstance(secret, str)
    assert secret not in json.dumps(row.public_jwk)
    assert secret.encode() not in bytes(row.sealed_private_jwk)


def test_two_current_keys_of_one_algorithm_are_refused_by_the_database() -> None:
    key = SigningKey.objects.get()
    key.kid = "another"

    with (
        pytest.raises(IntegrityError, match=r"signing_key_one_current_per_algorithm|algorithm"),
        transaction.atomic(),
    ):
        key.save(force_insert=True)


@pytest.mark.parametrize(
    ("field", "constraint"),
    [("algorithm", "signing_key_algorithm_known"), ("state", "signing_key_state_known")],
)
def test_unknown_values_are_refused_by_the_database(field: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SigningKey.objects.update(**{field: "none"})


def test_a_next_key_that_was_revoked_a_moment_ago_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another administrator revokes it while whoever needs a current key waits for the lock."""
    waiting = prepare_next_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)

    def revoked_meanwhile(algorithm: str) -> None:
        revoke_key(kid=waiting.kid, actor=SYSTEM, now=NOW)
        lock_algorithm(algorithm)

    monkeypatch.setattr("accounts.keys.services.lock_algorithm", revoked_meanwhile)
    made = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)

    waiting.refresh_from_db()
    assert (waiting.state, made.state) == ("revoked", "current")
