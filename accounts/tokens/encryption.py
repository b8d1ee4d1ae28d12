"""Nested JWTs: a signed token inside an encrypted one (RFC 7519 §11.2, RFC 7516)."""

import json

from joserfc import jwe
from joserfc.errors import JoseError

from accounts.audiences.contracts import EncryptionTarget
from accounts.keys.encryption_jwk import imported_public_key
from accounts.keys.jwe_registry import CONTENT_ENCRYPTION, jwe_registry
from accounts.tokens.decryption_keys import DecryptionKey
from accounts.tokens.errors import InvalidTokenError


def encryption_header(target: EncryptionTarget) -> dict[str, str]:
    """Return the members that stand in the header of every token for ``target``."""
    return {
        "typ": "at+jwt",
        "alg": str(target.algorithm),
        "enc": CONTENT_ENCRYPTION,
        "kid": target.kid,
        "cty": "JWT",
    }


def encrypt(signed: str, target: EncryptionTarget) -> str:
    """Return ``signed`` as the content of a compact JWE."""
    key = imported_public_key(json.dumps(target.public_jwk))
    return jwe.encrypt_compact(
        encryption_header(target), signed, key, registry=jwe_registry(target.algorithm)
    )


def decrypt(encoded: bytes, key: DecryptionKey) -> bytes:
    """Return the signed token inside of a compact JWE.

    :raise InvalidTokenError: it was not encrypted to this key, or was altered
    :raise SealedKeyUnreadableError: the key does not open with the configured key-encryption keys
    """
    try:
        opened = jwe.decrypt_compact(encoded, key.private, registry=jwe_registry(key.algorithm))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidTokenError(reason=type(error).__name__, kid=key.kid) from None
    return opened.plaintext or b""
