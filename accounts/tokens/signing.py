"""Signing with the key ring: access tokens, and documents that resource servers ask for."""

from typing import Any

from joserfc import jwt

from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import RingKey, keyring


def sign(payload: dict[str, Any], *, typ: str, algorithm: str) -> str:
    """Return ``payload`` as a compact JWS with ``typ``, ``alg`` and ``kid`` in its header (RFC 8725 §3.11).

    :raise NoSigningKeyError: the algorithm has no current key
    """
    key = keyring.signing_key(algorithm)
    header = header_to_sign(key, typ=typ)
    return jwt.encode(header, payload, key.private, registry=jws_registry(key.algorithm))


def header_to_sign(key: RingKey, *, typ: str) -> dict[str, str]:
    """Return the header of what ``key`` signs: explanation and token alike."""
    return {"typ": typ, "alg": key.algorithm, "kid": key.kid}
