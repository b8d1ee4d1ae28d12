"""Reading and making the keys that tokens are encrypted to (RFC 7517, RFC 7518 §4)."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import gcd, prod

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.jwe_registry import CONTENT_ENCRYPTION, jwe_registry
from accounts.keys.jwk_set import PUBLIC_MEMBERS
from accounts.keys.keyring import MIN_RSA_BITS, AsymmetricKey, import_key
from accounts.keys.sealing import seal

MAX_JWK_CHARACTERS = 8192
MAX_RSA_BITS, NEW_RSA_BITS = 4096, 3072
_RSA_EXPONENT = 65537
_X25519_PRIME = 2**255 - 19
_CURVES = {"EC": ("P-256", "P-384", "P-521"), "OKP": ("X25519",)}
_ALGORITHMS = {
    "RSA": EncryptionAlgorithm.RSA_OAEP_256,
    "EC": EncryptionAlgorithm.ECDH_ES_A256KW,
    "OKP": EncryptionAlgorithm.ECDH_ES_A256KW,
}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_OPERATIONS = frozenset({"encrypt", "wrapKey", "deriveKey", "deriveBits"})
_SMALL_PRIMES = prod(n for n in range(3, 1000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEncryptionKey:
    """A public key that tokens can be encrypted to; ``kid`` is its RFC 7638 thumbprint."""

    kid: str
    algorithm: EncryptionAlgorithm
    jwk: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEncryptionKey:
    """A key pair that authsite made: the private half only sealed."""

    public: PublicEncryptionKey
    sealed_private_jwk: bytes
    sealed_with: int


def read_encryption_jwk(written: str | Mapping[str, object]) -> PublicEncryptionKey:
    """Return the key that somebody wrote as a JWK.

    :raise ValidationError: it is none, weak, private, or for something else; with what to do
    """
    members = _members(written)
    _require_public(members)
    algorithm = _algorithm(members)
    _require_use(members, algorithm)
    try:
        if members["kty"] == "RSA":
            _require_strong(_number(members["n"]), _number(members["e"]))
        key = _spelled_as_always(
            import_key({name: members[name] for name in PUBLIC_MEMBERS if name in members})
        )
        kid = key.thumbprint()
        jwe.encrypt_compact(
            {"alg": str(algorithm), "enc": CONTENT_ENCRYPTION},
            b"probe",
            key,
            registry=jwe_registry(algorithm),
        )
    except (JoseError, ValueError, TypeError, KeyError) as error:
        sentence = _("This is no usable public key: copy it again from whoever made it.")
        raise ValidationError(sentence, code="unusable_key") from error
    public = {name: value for name, value in key.as_dict(private=False).items() if name in PUBLIC_MEMBERS}
    return PublicEncryptionKey(kid=kid, algorithm=algorithm, jwk=public)  # type: ignore[arg-type] # all are strings


def make_encryption_key(algorithm: EncryptionAlgorithm) -> HeldEncryptionKey:
    """Return a new key pair whose private half authsite keeps."""
    key: AsymmetricKey = (
        RSAKey.generate_key(NEW_RSA_BITS)
        if algorithm is EncryptionAlgorithm.RSA_OAEP_256
        else ECKey.generate_key("P-256")
    )
    public = read_encryption_jwk(key.as_dict(private=False))
    private = json.dumps(key.as_dict(private=True)).encode()
    sealed, version = seal(private, kid=public.kid, algorithm=algorithm)
    return HeldEncryptionKey(public=public, sealed_private_jwk=sealed, sealed_with=version)


@lru_cache(maxsize=256)
def imported_public_key(text: str) -> AsymmetricKey:
    """Return the key of a stored public JWK's JSON: importing one takes longer than encrypting to it."""
    return import_key(json.loads(text))


def _members(written: str | Mapping[str, object]) -> Mapping[str, object]:
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


def _require_public(members: Mapping[str, object]) -> None:
    if members["kty"] == "oct" or not _PRIVATE_MEMBERS.isdisjoint(members):
        raise ValidationError(
            _(
                "This key has its private part, which is no secret any more: make a new key pair, and write"
                " only the public one."
            ),
            code="private_key",
        )


def _algorithm(members: Mapping[str, object]) -> EncryptionAlgorithm:
    kty = str(members["kty"])
    if kty not in _ALGORITHMS:
        raise ValidationError(_("Write a key of type RSA, EC or OKP (X25519)."), code="key_type")
    if kty in _CURVES and members.get("crv") not in _CURVES[kty]:
        sentence = _("Such a key cannot encrypt: write one on %(curves)s.")
        raise ValidationError(sentence, code="curve", params={"curves": ", ".join(_CURVES[kty])})
    return _ALGORITHMS[kty]


def _require_use(members: Mapping[str, object], algorithm: EncryptionAlgorithm) -> None:
    operations = members.get("key_ops", ["encrypt"])
    # WebCrypto exports the public key of an agreement with no operation at all: only the private one agrees.
    agrees = operations == [] and members["kty"] != "RSA"
    if members.get("use", "enc") != "enc" or not (
        isinstance(operations, list) and (agrees or _OPERATIONS.intersection(map(str, operations)))
    ):
        sentence = _("This key is not for encryption (“use” or “key_ops”): write one that is.")
        raise ValidationError(sentence, code="key_use")
    if members.get("alg", algorithm) != algorithm:
        sentence = _("This key is for another algorithm: leave “alg” out, or write %(algorithm)s.")
        raise ValidationError(sentence, code="key_algorithm", params={"algorithm": algorithm.value})


def _spelled_as_always(key: AsymmetricKey) -> AsymmetricKey:
    """Return the key in its one spelling (RFC 7518 §6.2.1.2, §6.3.1.1).

    Zeros before a number would give one key many thumbprints: what was revoked, or is another audience's,
    would come back by another name.

    :raise ValueError: a number of X25519 that its curve takes for another one (RFC 7748 §5)
    """
    if isinstance(key, OKPKey):
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
