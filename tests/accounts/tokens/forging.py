"""Tokens of any content, signed with our real key: what an insider or a faulty library could make."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from joserfc.jwk import ECKey

from accounts import conf
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import AsymmetricKey, keyring
from tests.accounts.journeys import NOW, OWN_AUDIENCE

if TYPE_CHECKING:
    from datetime import datetime

Part = dict[str, Any] | bytes


def good_header() -> dict[str, Any]:
    """Return the header that our tokens have."""
    return {"typ": "at+jwt", "alg": "ES256", "kid": keyring.signing_key("ES256").kid}


def good_claims(now: datetime = NOW) -> dict[str, Any]:
    """Return claims that are accepted at ``now``."""
    issued = int(now.timestamp())
    return {
        "iss": conf.issuer(),
        "sub": str(uuid4()),
        "aud": OWN_AUDIENCE,
        "client_id": OWN_AUDIENCE,
        "exp": issued + 60,
        "iat": issued,
        "jti": uuid4().hex,
        "sid": str(uuid4()),
        "epoch": 0,
    }


def signed(
    header: Part | None = None, claims: Part | None = None, *, key: AsymmetricKey | None = None
) -> str:
    """Return a JWS over exactly these parts; the signature is ES256, whatever the header says."""
    parts = [part_of(good_header() if header is None else header)]
    parts.append(part_of(good_claims() if claims is None else claims))
    signing_input = ".".join(parts)
    signer = key or keyring.signing_key("ES256").private
    signature = jws_registry("ES256").get_alg("ES256").sign(signing_input.encode(), signer)
    return f"{signing_input}.{base64url(signature)}"


def strangers_key() -> ECKey:
    """Return a key that is not ours."""
    return ECKey.generate_key("P-256")


def part_of(content: Part) -> str:
    """Return one part of a token; bytes are taken as they are."""
    return base64url(content if isinstance(content, bytes) else json.dumps(content).encode())


def base64url(content: bytes) -> str:
    """Return the encoding of RFC 7515 §2."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
