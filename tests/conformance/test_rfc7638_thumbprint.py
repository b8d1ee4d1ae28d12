"""RFC 7638: JSON Web Key (JWK) Thumbprint."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import import_key
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping

#: §3.2 and §3.2.1, RFC 8037 §2, in lexicographic order.
REQUIRED_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}

#: The key and the thumbprint of §3.1.
EXAMPLE = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi"
        "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb"
        "9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls"
        "1jF44-csFCur-kEgU8awapJzKnqDKgw"
    ),
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


def thumbprint(key: Mapping[str, str]) -> str:
    members = {name: key[name] for name in REQUIRED_MEMBERS[key["kty"]]}
    written = json.dumps(members, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(written).digest()).rstrip(b"=").decode()


def test_section_3_1_the_example_has_the_thumbprint_of_the_rfc() -> None:
    assert thumbprint(EXAMPLE) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert import_key(dict(EXAMPLE)).thumbprint() == thumbprint(EXAMPLE)


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_section_3_our_kid_is_the_thumbprint_with_sha_256(algorithm: SigningAlgorithm) -> None:
    row = ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)

    assert row.kid == thumbprint(row.public_jwk)
