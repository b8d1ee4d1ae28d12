"""Project Wycheproof's JWE vectors through the decryption step of our verification: no false accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.audiences.models import EncryptionKey
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.keyring import import_key
from accounts.tokens import verification
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.decryption_keys import DecryptionKey
from accounts.tokens.errors import InvalidTokenError
from tests.conformance.wycheproof import needs_vectors, vectors

if TYPE_CHECKING:
    from tests.conformance.wycheproof import JWK, Vector

pytestmark = needs_vectors

ALL = [
    each
    for name in ("encryption", "crypto")
    for each in vectors(f"json_web_{name}_test.json")
    if each.kind == "jwe"
]
#: RSA-OAEP-256 and ECDH-ES+A256KW with A256GCM: what authsite itself writes.
OURS = {("json_web_encryption_test.json", 66), ("json_web_encryption_test.json", 90)}


def is_accepted(jwe: object, private: JWK, algorithm: str) -> bool:
    """Take apart, then decrypt as verify_access_token does; ``typ``, ``cty`` and ``kid`` the vectors lack."""
    if not isinstance(jwe, str):
        return False  # the JSON serialization, which a bearer token never is
    key = DecryptionKey(EncryptionKey(kid="vector", algorithm=algorithm), "vector", import_key(private))
    try:
        parts = parts_of(jwe)
        verification._decrypted(parts, json_object(parts[0]), key)  # noqa: SLF001 - the step under test
    except InvalidTokenError:
        return False
    return True


def our_algorithm(private: JWK) -> str | None:
    """Return the algorithm by which authsite would use a key of this type."""
    return {"RSA": EncryptionAlgorithm.RSA_OAEP_256, "EC": EncryptionAlgorithm.ECDH_ES_A256KW}.get(
        private["kty"]
    )


def without_purpose(private: JWK) -> JWK:
    """Return the key as one that may be used for anything, so that nothing but the token is refused."""
    return {name: value for name, value in private.items() if name not in {"alg", "use", "key_ops"}}


def accepted(among: list[Vector]) -> list[Vector]:
    """Return the vectors that their own key accepts."""
    return [
        each
        for each in among
        for private in each.private
        if (algorithm := our_algorithm(private))
        and is_accepted(each.token, without_purpose(private), algorithm)
    ]


def test_what_is_encrypted_as_we_do_is_accepted_and_nothing_else() -> None:
    assert {(each.file, each.id) for each in accepted(ALL)} == OURS


def test_those_are_valid() -> None:
    assert [each.is_valid for each in ALL if (each.file, each.id) in OURS] == [True, True]


def test_no_vector_of_a_shared_key_is_accepted_by_one_of_our_keys() -> None:
    symmetric = [each.token for each in ALL if all(private["kty"] == "oct" for private in each.private)]
    held = [each.private[0] for each in ALL if (each.file, each.id) in OURS]

    assert len(symmetric) > 40
    assert not [
        jwe
        for jwe in symmetric
        for private in held
        if is_accepted(jwe, without_purpose(private), str(our_algorithm(private)))
    ]
