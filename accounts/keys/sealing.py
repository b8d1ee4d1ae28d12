"""Encrypting private keys at rest, behind one small interface: AES-256-GCM here, or a KMS of your own."""

import os
from abc import ABC, abstractmethod
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from typing_extensions import override

from accounts import conf
from accounts.keys.errors import SealedKeyUnreadableError

NONCE_BYTES = 12


class Sealer(ABC):
    """What encrypts private keys; ``AUTHSITE_KEY_SEALER`` names the class, which is made once per process.

    ``bound_to`` says whose key it is. What was sealed must not open with other bytes: otherwise whoever can
    write to the table could make one key sign in the name of another.
    """

    @property
    @abstractmethod
    def version(self) -> int:
        """Return the version that ``seal`` uses now, from 1 to 2,147,483,647; it is stored beside the key."""

    @abstractmethod
    def seal(self, private_jwk: bytes, *, bound_to: bytes) -> bytes:
        """Return the encrypted key."""

    @abstractmethod
    def unseal(self, sealed: bytes, *, version: int, bound_to: bytes) -> bytes:
        """Return the key; asked once for each key and process.

        :raise CannotUnsealError: this version is not known here, or the bytes were altered
        """


class CannotUnsealError(Exception):
    """A sealer cannot open what it was given."""


class LocalSealer(Sealer):
    """AES-256-GCM with the keys of ``AUTHSITE_KEY_ENCRYPTION_KEYS``: nonce ‖ ciphertext ‖ tag."""

    @property
    @override
    def version(self) -> int:
        return conf.key_encryption_keys().current_version

    @override
    def seal(self, private_jwk: bytes, *, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(conf.key_encryption_keys().current).encrypt(nonce, private_jwk, bound_to)

    @override
    def unseal(self, sealed: bytes, *, version: int, bound_to: bytes) -> bytes:
        key = conf.key_encryption_keys().by_version.get(version)
        if key is None:
            raise CannotUnsealError
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, bound_to)
        except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce
            raise CannotUnsealError from error


def sealer() -> Sealer:
    """Return the sealer that the settings name.

    :raise ImproperlyConfigured: there is none of that name
    """
    return _made(conf.key_sealer())


def seal(private_jwk: bytes, *, kid: str, algorithm: str) -> tuple[bytes, int]:
    """Return the sealed key, and the version that it was sealed with."""
    with_, version = sealer(), sealer().version
    return with_.seal(private_jwk, bound_to=_bound_to(kid, algorithm)), version


def unseal(sealed: bytes, *, version: int, kid: str, algorithm: str) -> bytes:
    """Return the private JWK's bytes; a row whose kid or algorithm was exchanged does not open.

    :raise SealedKeyUnreadableError: the version is not configured, or the row was altered
    """
    try:
        return sealer().unseal(sealed, version=version, bound_to=_bound_to(kid, algorithm))
    except CannotUnsealError as error:
        raise SealedKeyUnreadableError(kid=kid, key_encryption_key=version) from error


@cache
def _made(path: str) -> Sealer:
    try:
        made: object = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(
            f"AUTHSITE_KEY_SEALER names {path}, which cannot be made: {error}"
        ) from error
    if not isinstance(made, Sealer):
        raise ImproperlyConfigured(f"AUTHSITE_KEY_SEALER names {path}, which is no Sealer.")
    return made


def _bound_to(kid: str, algorithm: str) -> bytes:
    return f"authsite signing key {algorithm} {kid}".encode()
