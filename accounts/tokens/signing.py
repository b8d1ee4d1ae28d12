"""Signing with the key ring: access tokens, and documents that resource servers ask for."""

from typing import Any

from joserfc import jwt

from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import keyring


def sign(payload: dict[str, Any], *, typ: str, algorithm: str) -> str:
    """Return ``payload`` as a compact JWS with ``typ``, ``alg`` and ``kid`` in its header (RFC 8725 §3.11).

    :raise NoSigningKeyError: the algorithm has no current key
    """
    key = keyring.signing_key(algorithm)
    header = {"typ": typ, "alg": key.algorithm, "kid": key.kid}
    return jwt.encode(header, payload, key.private, registry=jws_registry(key.algorithm))
