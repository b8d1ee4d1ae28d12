"""The JWK Set."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import KeySet

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.jwk_set import jwk_set
from accounts.keys.keyring import RingKey, import_key, keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, SYSTEM

pytestmark = pytest.mark.django_db

#: RFC 7518 §6.2.2, §6.3.2, §6.4.1 and RFC 8037 §2.
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def one_key_of_each_algorithm() -> None:
    for algorithm in SigningAlgorithm:
        ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    keyring.forget()


@pytest.mark.usefixtures("one_key_of_each_algorithm")
def test_the_set_holds_exactly_the_public_members_of_every_key() -> None:
    members = {key["alg"]: set(key) for key in jwk_set()["keys"]}

    assert members == {
        "ES256": {"kty", "crv", "x", "y", "kid", "alg", "use"},
        "EdDSA": {"kty", "crv", "x", "kid", "alg", "use"},
        "RS256": {"kty", "n", "e", "kid", "alg", "use"},
    }


@pytest.mark.usefixtures("one_key_of_each_algorithm")
def test_a_private_member_in_the_public_column_is_not_published() -> None:
    for row in SigningKey.objects.all():
        row.public_jwk = RingKey(row, import_key(row.public_jwk)).private.as_dict(private=True)
        row.save()
    assert all("d" in row.public_jwk for row in SigningKey.objects.all())

    assert not any(PRIVATE_MEMBERS & set(key) for key in jwk_set()["keys"])


@pytest.mark.usefixtures("one_key_of_each_algorithm")
def test_equal_sets_have_equal_bytes() -> None:
    first = json.dumps(jwk_set())
    keyring.forget()

    assert json.dumps(jwk_set()) == first
    assert [key["kid"] for key in jwk_set()["keys"]] == sorted(key["kid"] for key in jwk_set()["keys"])


@pytest.mark.parametrize("state", [KeyState.NEXT, KeyState.CURRENT, KeyState.PREVIOUS])
def test_keys_that_verify_are_published(state: KeyState) -> None:
    SigningKey.objects.update(state=state)

    assert len(jwk_set()["keys"]) == 1


def test_a_revoked_key_is_not_published() -> None:
    SigningKey.objects.update(state=KeyState.REVOKED)

    assert jwk_set() == {"keys": []}


def test_the_set_is_readable_by_a_jose_library() -> None:
    read = KeySet.import_key_set(jwk_set())  # type: ignore[arg-type] # joserfc's type is narrower

    assert [key.kid for key in read.keys] == [SigningKey.objects.get().kid]
