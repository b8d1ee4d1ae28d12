"""Reading and making the keys that tokens are encrypted to (RFC 7517, RFC 7518 §4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.jwe_registry import CONTENT_ENCRYPTION, jwe_registry
from accounts.keys.keyring import AsymmetricKey, import_key
from accounts.keys.public_jwk import members_of, public_members, require_public, strong_key
from accounts.keys.sealing import seal

NEW_RSA_BITS = 3072
_CURVES = {"EC": ("P-256", "P-384", "P-521"), "OKP": ("X25519",)}
_ALGORITHMS = {
    "RSA": EncryptionAlgorithm.RSA_OAEP_256,
    "EC": EncryptionAlgorithm.ECDH_ES_A256KW,
    "OKP": EncryptionAlgorithm.ECDH_ES_A256KW,
}
_OPERATIONS = frozenset({"encrypt", "wrapKey", "deriveKey", "deriveBits"})


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
    members = members_of(written)
    require_public(members)
    algorithm = _algorithm(members)
    _require_use(members, algorithm)
    try:
        key = strong_key(members)
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
    return PublicEncryptionKey(kid=kid, algorithm=algorithm, jwk=public_members(key))


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
