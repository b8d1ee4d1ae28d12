"""Encrypting private keys at rest: AES-256-GCM, with kid and algorithm as associated data."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts import conf
from accounts.keys.errors import SealedKeyUnreadableError

NONCE_BYTES = 12


def seal(private_jwk: bytes, *, kid: str, algorithm: str) -> tuple[bytes, int]:
    """Return (nonce ‖ ciphertext ‖ tag, version of the key-encryption key)."""
    keys = conf.key_encryption_keys()
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(keys.current).encrypt(nonce, private_jwk, _associated_data(kid, algorithm))
    return nonce + ciphertext, keys.current_version


def unseal(sealed: bytes, *, version: int, kid: str, algorithm: str) -> bytes:
    """Return the private JWK's bytes.

    A row whose kid or algorithm was exchanged does not open: otherwise whoever can write to the
    table could make one key sign in the name of another.

    :raise SealedKeyUnreadableError: the version is not configured, or the row was altered
    """
    key = conf.key_encryption_keys().by_version.get(version)
    if key is None:
        raise SealedKeyUnreadableError(kid=kid, key_encryption_key=version)
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _associated_data(kid, algorithm))
    except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce
        raise SealedKeyUnreadableError(kid=kid, key_encryption_key=version) from error


def _associated_data(kid: str, algorithm: str) -> bytes:
    return f"authsite signing key {algorithm} {kid}".encode()
