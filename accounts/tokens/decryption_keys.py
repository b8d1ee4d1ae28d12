"""Which audiences' tokens are encrypted, and the keys by which authsite itself reads some of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.audiences.models import Audience, EncryptionKey
from accounts.keys.keyring import AsymmetricKey, open_private_key
from accounts.keys.remembered import Remembered


@dataclass(slots=True)
class DecryptionKey:
    """A key pair that authsite holds: opened only when something has to be read."""

    row: EncryptionKey
    audience: str
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
            assert self.row.sealed_private_jwk is not None and self.row.sealed_with is not None  # noqa: S101, PT018 - held()
            self._private = open_private_key(
                bytes(self.row.sealed_private_jwk),
                version=self.row.sealed_with,
                kid=self.kid,
                algorithm=self.algorithm,
            )
        return self._private


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The codes of the audiences whose tokens are encrypted, and the keys that authsite holds, by kid."""

    audiences: frozenset[str]
    keys: Mapping[str, DecryptionKey]


def _read(before: Encryption | None) -> Encryption:
    """Read both, in two queries."""
    known = before.keys if before else {}
    encrypted = Audience.objects.filter(is_encrypted=True).values_list("code", flat=True)
    held = EncryptionKey.objects.held().select_related("audience")
    keys = {row.kid: known.get(row.kid) or DecryptionKey(row, row.audience.code) for row in held}
    return Encryption(audiences=frozenset(encrypted), keys=keys)


#: What this process knows.
encryption = Remembered(_read)
