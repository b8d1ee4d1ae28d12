"""The usable signing keys in memory, so that signing and verifying cost no query each."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc import jwk
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.keys.errors import NoSigningKeyError, UnknownKeyError
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.remembered import Remembered
from accounts.keys.sealing import unseal

AsymmetricKey = ECKey | OKPKey | RSAKey

#: RFC 7518 §3.3: a shorter one must not be used. joserfc only warns.
MIN_RSA_BITS = 2048


@dataclass(slots=True)
class RingKey:
    """One usable key: public at once, private only when something has to be signed."""

    row: SigningKey
    public: AsymmetricKey
    _private: AsymmetricKey | None = None

    @property
    def kid(self) -> str:
        """Return the thumbprint that names the key."""
        return self.row.kid

    @property
    def algorithm(self) -> str:
        """Return the only algorithm that the key is for."""
        return self.row.algorithm

    @property
    def private(self) -> AsymmetricKey:
        """Return the private key.

        :raise SealedKeyUnreadableError: it does not open with the configured key-encryption keys
        """
        if self._private is None:
            self._private = open_private_key(
                bytes(self.row.sealed_private_jwk),
                version=self.row.sealed_with,
                kid=self.kid,
                algorithm=self.algorithm,
            )
        return self._private


class KeyRing:
    """The table of signing keys in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._remembered = Remembered(_read, clock=clock)

    def signing_key(self, algorithm: str) -> RingKey:
        """Return the current key of ``algorithm``.

        :raise NoSigningKeyError: there is none
        """
        for key in self.keys().values():
            if key.algorithm == algorithm and key.row.state == KeyState.CURRENT:
                return key
        raise NoSigningKeyError(algorithm=algorithm)

    def verifying_key(self, kid: str) -> RingKey:
        """Return the usable key that ``kid`` names.

        :raise UnknownKeyError: no key, or a revoked one
        """
        try:
            return self.keys()[kid]
        except KeyError:
            raise UnknownKeyError(kid=kid[:64]) from None

    def keys(self) -> Mapping[str, RingKey]:
        """Return the usable keys by kid, read a short while ago (:class:`Remembered`).

        :raise KeysUnreadableError: the database has not answered for too long
        """
        return self._remembered.value()

    def forget(self) -> None:
        """Read the table anew at the next use."""
        self._remembered.forget()


def _read(before: Mapping[str, RingKey] | None) -> Mapping[str, RingKey]:
    known = before or {}
    keys = {}
    for row in SigningKey.objects.usable():
        key = known.get(row.kid) or RingKey(row, import_key(row.public_jwk))
        key.row = row
        keys[row.kid] = key
    return keys


def open_private_key(sealed: bytes, *, version: int, kid: str, algorithm: str) -> AsymmetricKey:
    """Return the private key of a row, for signing or for reading.

    :raise SealedKeyUnreadableError: it does not open with the configured key-encryption keys
    """
    return import_key(json.loads(unseal(sealed, version=version, kid=kid, algorithm=algorithm)))


def import_key(members: dict[str, object]) -> AsymmetricKey:
    """Return the key of a JWK's members (RFC 7517).

    :raise TypeError: it is symmetric: whoever verified could sign
    :raise ValueError: it is no key at all, or an RSA key that can be factored
    """
    key = jwk.import_key(members)  # type: ignore[arg-type] # joserfc types JWK values more narrowly than JSON
    if not isinstance(key, AsymmetricKey):
        msg = "A signing key is not asymmetric."
        raise TypeError(msg)
    if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS:
        msg = f"An RSA key has less than {MIN_RSA_BITS} bits."
        raise ValueError(msg)
    return key


#: The one ring of this process.
keyring = KeyRing()
