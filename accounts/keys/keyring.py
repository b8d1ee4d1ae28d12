"""The usable signing keys in memory, so that signing and verifying cost no query each."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError
from joserfc import jwk
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts import conf
from accounts.keys.errors import KeysUnreadableError, NoSigningKeyError, UnknownKeyError
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.sealing import unseal

logger = logging.getLogger(__name__)

AsymmetricKey = ECKey | OKPKey | RSAKey

#: Every process reads the table at most this often, in seconds: a revoked key is refused within it.
MAX_AGE = 1.0


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
            opened = unseal(
                bytes(self.row.sealed_private_jwk),
                version=self.row.sealed_with,
                kid=self.kid,
                algorithm=self.algorithm,
            )
            self._private = import_key(json.loads(opened))
        return self._private


@dataclass(frozen=True, slots=True)
class _Snapshot:
    read_at: float
    keys: Mapping[str, RingKey] = field(default_factory=dict)


class KeyRing:
    """A cache of the table, replaced as a whole, so that threads need no lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.forget()

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
        """Return the usable keys by kid, read at most ``MAX_AGE`` seconds ago where the database answers.

        Where it does not, older ones are good for as long as an older change log (``change_log_max_age``).

        :raise KeysUnreadableError: it has not answered for too long
        """
        if self._clock() - self._tried_at > MAX_AGE:
            self._try_to_read()
        snapshot = self._snapshot
        allowed = MAX_AGE + conf.change_log_max_age().total_seconds()
        if snapshot is None or self._clock() - snapshot.read_at > allowed:
            raise KeysUnreadableError
        return snapshot.keys

    def forget(self) -> None:
        """Read the table anew at the next use."""
        self._snapshot: _Snapshot | None = None
        self._tried_at = float("-inf")

    def _try_to_read(self) -> None:
        try:
            self._snapshot = self._read(self._snapshot)
        except (InterfaceError, OperationalError) as error:
            logger.warning("The signing keys could not be read (%s)", type(error).__name__)
            self._tried_at = self._clock()  # a second after it gave up, however long that took
        else:
            self._tried_at = self._snapshot.read_at

    def _read(self, before: _Snapshot | None) -> _Snapshot:
        read_at = self._clock()
        known = before.keys if before else {}
        keys = {}
        for row in SigningKey.objects.usable():
            key = known.get(row.kid) or RingKey(row, import_key(row.public_jwk))
            key.row = row
            keys[row.kid] = key
        return _Snapshot(read_at, keys)


def import_key(members: dict[str, object]) -> AsymmetricKey:
    """Return the key of a JWK's members (RFC 7517).

    :raise TypeError: it is symmetric: whoever verified could sign
    """
    key = jwk.import_key(members)  # type: ignore[arg-type] # joserfc types JWK values more narrowly than JSON
    if not isinstance(key, AsymmetricKey):
        msg = "A signing key is not asymmetric."
        raise TypeError(msg)
    return key


#: The one ring of this process.
keyring = KeyRing()
