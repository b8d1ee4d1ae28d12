"""Public keys by which audiences prove who they are (RFC 7517, RFC 7523 §2.2), and what they signed."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from accounts.keys.algorithms import AssertionAlgorithm
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import AsymmetricKey, import_key
from accounts.keys.public_jwk import members_of, public_members, require_public, strong_key

_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
#: By the type of the key; the first is taken where the JWK has no ``alg``.
_ALGORITHMS: dict[str, tuple[AssertionAlgorithm, ...]] = {
    "EC": (AssertionAlgorithm.ES256,),
    "OKP": (AssertionAlgorithm.EDDSA,),
    "RSA": (AssertionAlgorithm.RS256, AssertionAlgorithm.PS256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionKey:
    """A public key and its one algorithm; ``kid`` is its RFC 7638 thumbprint."""

    kid: str
    algorithm: AssertionAlgorithm
    jwk: dict[str, str]


def read_assertion_jwk(written: str | Mapping[str, object]) -> AssertionKey:
    """Return the key that somebody wrote as a JWK.

    :raise ValidationError: it is none, weak, private, or for something else; with what to do
    """
    members = members_of(written)
    require_public(members)
    algorithm = _algorithm(members)
    _require_use(members)
    try:
        key = strong_key(members)
        key.get_op_key("verify")  # a point that is not on its curve
        kid = key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError) as error:
        sentence = _("This is no usable public key: copy it again from whoever made it.")
        raise ValidationError(sentence, code="unusable_key") from error
    return AssertionKey(kid=kid, algorithm=algorithm, jwk=public_members(key))


def has_signed(parts: Sequence[bytes], *, public_jwk: Mapping[str, str], algorithm: str) -> bool:
    """Tell whether the key made the signature of a compact JWS, by its one algorithm (RFC 8725 §3.1)."""
    header, payload, signature = parts
    model = jws_registry(algorithm).get_alg(algorithm)
    decoded = urlsafe_b64decode(signature + b"=" * (-len(signature) % 4))
    try:
        return bool(model.verify(header + b"." + payload, decoded, _imported(json.dumps(public_jwk))))
    except (JoseError, ValueError):
        return False


@lru_cache(maxsize=256)
def _imported(text: str) -> AsymmetricKey:
    return import_key(json.loads(text))


def _algorithm(members: Mapping[str, object]) -> AssertionAlgorithm:
    kty = str(members["kty"])
    if kty not in _ALGORITHMS:
        raise ValidationError(_("Write a key of type EC (P-256), OKP (Ed25519) or RSA."), code="key_type")
    if kty in _CURVES and members.get("crv") != _CURVES[kty]:
        sentence = _("Such a key cannot sign here: write one on %(curve)s.")
        raise ValidationError(sentence, code="curve", params={"curve": _CURVES[kty]})
    possible = _ALGORITHMS[kty]
    written = members.get("alg", possible[0])
    if written not in possible:
        sentence = _("This key is for another algorithm: leave “alg” out, or write %(algorithm)s.")
        raise ValidationError(
            sentence, code="key_algorithm", params={"algorithm": " / ".join(each.value for each in possible)}
        )
    return AssertionAlgorithm(str(written))


def _require_use(members: Mapping[str, object]) -> None:
    operations = members.get("key_ops", ["verify"])
    if members.get("use", "sig") != "sig" or not (isinstance(operations, list) and "verify" in operations):
        sentence = _("This key is not for signatures (“use” or “key_ops”): write one that is.")
        raise ValidationError(sentence, code="key_use")
