"""Project Wycheproof's JWS vectors against the signature step of our verification: no false accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import RingKey, import_key
from accounts.keys.models import KeyState, SigningKey
from accounts.tokens import verification
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.errors import InvalidTokenError

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "json_web_signature_test.json"
#: "Valid" vectors that contradict the rules of the others (the vectors' README); none is of our algorithms.
CONTRADICTORY = {346, 347, 350, 351, 372, 373}

pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason=f"no test vectors at {VECTORS}")

Vector = tuple[dict[str, Any], dict[str, Any]]


def groups() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text())["testGroups"]
    return [group for group in found if "public" in group]


def algorithm_of(public: dict[str, Any]) -> str:
    """Return the key's algorithm; the keys that are not for signing (``use: enc``) name none."""
    return str(public.get("alg") or {"RSA": "RS256", "EC": "ES256"}[public["kty"]])


def our_vectors() -> list[Vector]:
    """Return (public JWK, test) of the groups whose key could be one of ours."""
    ours = [group for group in groups() if algorithm_of(group["public"]) in SigningAlgorithm.values]
    return [(group["public"], test) for group in ours for test in group["tests"]]


def is_accepted(public: dict[str, Any], jws: object) -> bool:
    """Verify as verify_access_token does, less ``typ``, ``kid`` and claims, which the vectors lack."""
    row = SigningKey(kid="vector", algorithm=algorithm_of(public), state=KeyState.CURRENT, public_jwk=public)
    if not isinstance(jws, str):
        return False  # the JSON serialization, which a bearer token never is
    try:
        encoded = parts_of(jws)
        header = json_object(encoded[0])
        if header.get("alg") != row.algorithm or "crit" in header:
            return False
        verification._verify_signature(b".".join(encoded), RingKey(row, import_key(public)))  # noqa: SLF001 - the step under test
    except InvalidTokenError:
        return False
    return True


def test_there_are_vectors_for_es256_and_rs256() -> None:
    tested = {algorithm_of(public) for public, _test in our_vectors()}

    assert tested == {"ES256", "RS256"}
    assert len(our_vectors()) > 250


def test_no_invalid_vector_is_accepted() -> None:
    accepted = [
        test["tcId"]
        for public, test in our_vectors()
        if test["result"] == "invalid" and is_accepted(public, test["jws"])
    ]

    assert accepted == []


def test_every_valid_vector_of_our_algorithms_is_accepted() -> None:
    refused = {
        test["tcId"]: test["comment"]
        for public, test in our_vectors()
        if test["result"] == "valid" and not is_accepted(public, test["jws"])
    }

    assert refused == {}


def test_no_vector_of_a_foreign_algorithm_is_accepted_by_one_of_our_keys() -> None:
    others = [group for group in groups() if algorithm_of(group["public"]) not in SigningAlgorithm.values]
    foreign = [test["jws"] for group in others for test in group["tests"]]
    keys = {json.dumps(public): public for public, _test in our_vectors()}

    accepted = [jws for jws in foreign for public in keys.values() if is_accepted(public, jws)]

    assert len(foreign) > 50
    assert accepted == []


def test_the_contradictory_vectors_are_none_of_ours() -> None:
    assert not CONTRADICTORY & {test["tcId"] for _public, test in our_vectors()}
