"""Verifying an access token, in one place (RFC 9068 §4, RFC 8725): what is not accepted here is not ours."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError

from accounts import conf
from accounts.change_log.staleness import require_fresh
from accounts.keys.errors import UnknownKeyError
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import RingKey, keyring
from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError

#: No budget of an audience allows more; longer input is refused before it is decoded.
MAX_BYTES: Final = 8192
#: How far ahead of ours the issuing host's clock may be.
CLOCK_SKEW: Final = timedelta(seconds=30)
TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})

_STRING_CLAIMS = ("iss", "sub", "aud", "client_id", "jti", "sid")
_INTEGER_CLAIMS = ("exp", "iat", "epoch")

Payload = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedToken:
    """The header and the claims of a token whose signature, type, issuer and times were verified."""

    header: Payload
    claims: Payload


def verify_access_token(raw: str | bytes, *, now: datetime, may_be_outdated: bool = False) -> VerifiedToken:
    """Verify a signed access token of any audience.

    Checked: size, three canonical base64url parts, ``typ``, no ``crit``, a usable key by ``kid`` and
    the one algorithm of that key, the signature, ``iss``, ``exp``, ``iat`` and the presence and JSON
    type of every claim that we always say; then the change log, unless the token ``may_be_outdated``
    (to log out). Whether ``aud`` is wanted is the permission's question. Header members that carry or
    point to keys (``jwk jku x5u x5c``) are never looked at.

    :raise ExpiredTokenError: ours, but ``exp`` has passed
    :raise InvalidTokenError: anything else that is wrong with the token itself
    :raise OutdatedTokenError: something that it says was taken away, or its session has ended
    :raise ChangeLogUnreadableError: nobody can tell, because the database has not answered for too long
    """
    encoded = _parts(raw)
    unverified_header = _json_object(encoded[0])
    key = _key_for(unverified_header)
    _verify_signature(b".".join(encoded), key)
    claims = _json_object(encoded[1])
    _verify_claims(claims, now)
    if not may_be_outdated:
        require_fresh(claims, kid=key.kid)
    return VerifiedToken(header=unverified_header, claims=claims)


def header_of(verified_raw: str | bytes) -> Payload:
    """Return the header of a token that ``verify_access_token`` has accepted."""
    return _json_object(_parts(verified_raw)[0])


def _parts(raw: str | bytes) -> list[bytes]:
    if len(raw) > MAX_BYTES:
        raise InvalidTokenError(reason="too long")
    try:
        encoded = raw.encode("ascii") if isinstance(raw, str) else bytes(raw)
    except UnicodeEncodeError:
        raise InvalidTokenError(reason="not ASCII") from None
    parts = encoded.split(b".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise InvalidTokenError(reason="not three parts")
    if not all(_is_canonical(part) for part in parts):
        raise InvalidTokenError(reason="not canonical base64url")
    return parts


def _is_canonical(part: bytes) -> bool:
    """Tell whether ``part`` is the only spelling of its bytes: otherwise one token has many spellings."""
    try:
        decoded = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=") == part


def _json_object(part: bytes) -> Payload:
    decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    try:
        value = json.loads(
            decoded.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise InvalidTokenError(reason="not JSON") from None
    if not isinstance(value, dict):
        raise InvalidTokenError(reason="not a JSON object")
    return value


def _without_duplicates(pairs: list[tuple[str, object]]) -> Payload:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "duplicate member"
        raise ValueError(msg)
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _key_for(unverified_header: Payload) -> RingKey:
    typ, kid = unverified_header.get("typ"), unverified_header.get("kid")
    if not isinstance(typ, str) or typ.lower() not in TYPES:
        raise InvalidTokenError(reason="typ is not at+jwt")
    if "crit" in unverified_header:
        raise InvalidTokenError(reason="crit is not understood")
    if not isinstance(kid, str):
        raise InvalidTokenError(reason="no kid")
    try:
        key = keyring.verifying_key(kid)
    except UnknownKeyError:
        raise InvalidTokenError(reason="unknown or revoked kid") from None
    # The key decides the algorithm, never the token: otherwise an attacker picks "none" or HS256.
    if unverified_header.get("alg") != key.algorithm:
        raise InvalidTokenError(reason="alg is not the key's", kid=kid)
    return key


def _verify_signature(encoded: bytes, key: RingKey) -> None:
    try:
        jws.deserialize_compact(encoded, key.public, registry=jws_registry(key.algorithm))
    except (JoseError, ValueError) as error:
        raise InvalidTokenError(reason=type(error).__name__, kid=key.kid) from None


def _verify_claims(claims: Payload, now: datetime) -> None:
    for name in _STRING_CLAIMS:
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise InvalidTokenError(reason="claim missing or no string", claim=name)
    for name in _INTEGER_CLAIMS:
        if not isinstance(claims.get(name), int) or isinstance(claims[name], bool):
            raise InvalidTokenError(reason="claim missing or no integer", claim=name)
    if claims["iss"] != conf.issuer():
        raise InvalidTokenError(reason="another issuer", claim="iss")
    at, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    exp, iat = claims["exp"], claims["iat"]
    assert isinstance(exp, int) and isinstance(iat, int)  # noqa: S101, PT018 - the loop above
    if iat > at + skew:
        raise InvalidTokenError(reason="issued in the future", claim="iat")
    if exp <= at:
        raise ExpiredTokenError(claim="exp")
