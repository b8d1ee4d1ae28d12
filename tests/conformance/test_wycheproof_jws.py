"""Project Wycheproof's JWS vectors through the signature step of our verification: no false accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from joserfc.errors import JoseError

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import RingKey, import_key
from accounts.keys.models import KeyState, SigningKey
from accounts.tokens import verification
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.errors import InvalidTokenError
from tests.conformance.wycheproof import needs_vectors, vectors

if TYPE_CHECKING:
    from tests.conformance.wycheproof import JWK, Vector

pytestmark = [
    needs_vectors,
    # joserfc warns of the short RSA key, which we refuse.
    pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning"),
]

SIGNATURES, KEYS, MIXED = (
    [each for each in vectors(f"json_web_{name}_test.json") if "jwe" not in each.kind]
    for name in ("signature", "key", "crypto")
)
ALL = [*SIGNATURES, *KEYS, *MIXED]
#: Vectors of keys with the ROCA weakness: authsite makes its own signing keys, and not on such chips.
ROCA = "rejectsKeyWithRocaVulnerability"
#: "Valid" vectors that contradict the rules of the others (the vectors' README); none is of our algorithms.
CONTRADICTORY = {346, 347, 350, 351, 372, 373}


def algorithm_of(public: JWK) -> str:
    """Return the key's algorithm; the keys that are not for signing (``use: enc``) name none."""
    return str(public.get("alg") or {"RSA": "RS256", "EC": "ES256"}[public["kty"]])


def is_ours(vector: Vector) -> bool:
    return any(algorithm_of(public) in SigningAlgorithm.values for public in vector.public)


def is_accepted(jws: object, public: JWK) -> bool:
    """Take apart, then verify as verify_access_token does: ``typ``, ``kid`` and claims the vectors lack."""
    row = SigningKey(kid="vector", algorithm=algorithm_of(public), state=KeyState.CURRENT, public_jwk=public)
    if not isinstance(jws, str):
        return False  # the JSON serialization, which a bearer token never is
    try:
        key = RingKey(row, import_key(public))
    except (JoseError, ValueError):
        return False  # no key that the ring would take
    try:
        encoded = parts_of(jws)
        verification._verify_signature(encoded, json_object(encoded[0]), key)  # noqa: SLF001 - the step under test
    except InvalidTokenError:
        return False
    return True


def accepted(among: list[Vector]) -> list[Vector]:
    """Return the vectors that one of their own keys accepts."""
    return [each for each in among if any(is_accepted(each.token, public) for public in each.public)]


def test_there_are_vectors_for_es256_and_rs256() -> None:
    tested = {algorithm_of(public) for each in SIGNATURES if is_ours(each) for public in each.public}

    assert tested == {"ES256", "RS256"}


def test_no_invalid_vector_is_accepted_whatever_its_algorithm() -> None:
    wrongly = {(each.kind, each.id, each.comment) for each in accepted(ALL) if not each.is_valid}

    assert {comment for _kind, _id, comment in wrongly} <= {ROCA}


def test_every_valid_vector_of_our_algorithms_is_accepted() -> None:
    valid = [each for each in ALL if each.is_valid and is_ours(each)]

    assert len(valid) > 10
    assert accepted(valid) == valid


def test_the_valid_ones_that_are_refused_are_the_contradictory_ones() -> None:
    refused = [each for each in SIGNATURES if each.is_valid and each.public and each not in accepted([each])]

    assert {each.id for each in refused} <= CONTRADICTORY
    assert not any(is_ours(each) for each in refused)


def test_no_vector_of_a_foreign_algorithm_is_accepted_by_one_of_our_keys() -> None:
    foreign = [each.token for each in SIGNATURES if not is_ours(each)]
    keys = {str(public): public for each in SIGNATURES if is_ours(each) for public in each.public}

    assert len(foreign) > 100
    assert not [jws for jws in foreign for public in keys.values() if is_accepted(jws, public)]
