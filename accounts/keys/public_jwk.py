"""Public keys that others hand in as JWKs (RFC 7517), read with distrust."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from math import gcd, prod

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc.jwk import OKPKey

from accounts.keys.jwk_set import PUBLIC_MEMBERS
from accounts.keys.keyring import MIN_RSA_BITS, AsymmetricKey, import_key

MAX_JWK_CHARACTERS = 8192
MAX_RSA_BITS = 4096
_RSA_EXPONENT = 65537
_X25519_PRIME = 2**255 - 19
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_SMALL_PRIMES = prod(n for n in range(3, 1000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))


def members_of(written: str | Mapping[str, object]) -> Mapping[str, object]:
    """Return the members of a JWK as somebody wrote it.

    :raise ValidationError: it is none, or a whole set of them
    """
    if isinstance(written, str):
        try:
            written = json.loads(written) if len(written) <= MAX_JWK_CHARACTERS else {}
        except (ValueError, RecursionError):
            written = {}
    if isinstance(written, Mapping) and "keys" in written:
        raise ValidationError(_("This is a JWK Set: write the one key of it."), code="jwk_set")
    if not isinstance(written, Mapping) or not isinstance(written.get("kty"), str):
        sentence = _("Write the public key as a JWK (RFC 7517): a JSON object with “kty”.")
        raise ValidationError(sentence, code="no_jwk")
    return written


def require_public(members: Mapping[str, object]) -> None:
    """Refuse a key with its private part, which has just been told to somebody.

    :raise ValidationError: with what to do
    """
    if members["kty"] == "oct" or not _PRIVATE_MEMBERS.isdisjoint(members):
        raise ValidationError(
            _(
                "This key has its private part, which is no secret any more: make a new key pair, and write"
                " only the public one."
            ),
            code="private_key",
        )


def strong_key(members: Mapping[str, object]) -> AsymmetricKey:
    """Return the public key alone, without what else was written beside it.

    :raise ValidationError: it is an RSA key that can be broken
    :raise KeyError, TypeError, ValueError, JoseError: the members make no key
    """
    if members["kty"] == "RSA":
        _require_strong(_number(members["n"]), _number(members["e"]))
    return _spelled_as_always(import_key({name: members[name] for name in PUBLIC_MEMBERS if name in members}))


def public_members(key: AsymmetricKey) -> dict[str, str]:
    """Return what is kept of a key."""
    members = key.as_dict(private=False)
    return {name: str(value) for name, value in members.items() if name in PUBLIC_MEMBERS}


def _spelled_as_always(key: AsymmetricKey) -> AsymmetricKey:
    """Return the key in its one spelling (RFC 7518 §6.2.1.2, §6.3.1.1).

    Zeros before a number would give one key many thumbprints: what was revoked, or is another audience's,
    would come back by another name.

    :raise ValueError: a number of X25519 that its curve takes for another one (RFC 7748 §5)
    """
    if isinstance(key, OKPKey) and isinstance(key.public_key, X25519PublicKey):
        number = int.from_bytes(key.public_key.public_bytes_raw(), "little")
        if number >= _X25519_PRIME:
            raise ValueError(number)
    return type(key).import_key(key.as_der(private=False))


def _number(encoded: object) -> int:
    return int.from_bytes(urlsafe_b64decode(f"{encoded}=="))


def _require_strong(n: int, e: int) -> None:
    if not MIN_RSA_BITS <= n.bit_length() <= MAX_RSA_BITS:
        raise ValidationError(
            _("Write an RSA key of %(least)d to %(most)d bits; this one has %(bits)d."),
            code="key_size",
            params={"least": MIN_RSA_BITS, "most": MAX_RSA_BITS, "bits": n.bit_length()},
        )
    if e != _RSA_EXPONENT or n % 2 == 0 or gcd(n, _SMALL_PRIMES) != 1:
        raise ValidationError(_("This RSA key is weak: make a new one."), code="weak_key")
