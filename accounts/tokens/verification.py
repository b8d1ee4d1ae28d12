"""Verifying an access token, in one place (RFC 9068 §4, RFC 8725): what is not accepted here is not ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError

from accounts import conf
from accounts.change_log.staleness import require_fresh
from accounts.keys.errors import UnknownKeyError
from accounts.keys.jwe_registry import CONTENT_ENCRYPTION
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import RingKey, keyring
from accounts.tokens.compact import SIGNED_PARTS, Payload, json_object, parts_of
from accounts.tokens.decryption_keys import DecryptionKey, encryption
from accounts.tokens.encryption import decrypt
from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError, UnreadableTokenError

#: How far ahead of ours the issuing host's clock may be.
CLOCK_SKEW: Final = timedelta(seconds=30)
TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
CONTENT_TYPE: Final = "JWT"

_STRING_CLAIMS = ("iss", "sub", "aud", "client_id", "jti", "sid")
_INTEGER_CLAIMS = ("exp", "iat", "epoch")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedToken:
    """The header and the claims of a token whose signature, type, issuer and times were verified."""

    header: Payload
    claims: Payload


def verify_access_token(
    raw: str | bytes, *, now: datetime, may_be_outdated: bool = False, opened_by: str | None = None
) -> VerifiedToken:
    """Verify an access token of any audience: signed, or nested in one that is encrypted to a key held here.

    Checked: size, three canonical base64url parts, ``typ``, a usable key by ``kid`` and the one algorithm
    of that key, no ``crit``, the signature, ``iss``, ``exp``, ``iat``, ``nbf`` and the presence and JSON
    type of every claim that we always say; that a token of an encrypted audience came encrypted for that
    very audience; then the change log, unless the token ``may_be_outdated`` (to log out). Whether ``aud``
    is wanted is the permission's question. Header members that carry or point to keys (``jwk jku x5u
    x5c``) are never looked at. docs/verifying.md has them all in a table.

    ``opened_by`` is the code of an audience that has just proved who it is: its tokens alone may come
    bare, since it has decrypted them itself.

    :raise ExpiredTokenError: ours, but ``exp`` has passed
    :raise UnreadableTokenError: encrypted to a key that is not held here
    :raise InvalidTokenError: anything else that is wrong with the token itself
    :raise OutdatedTokenError: something that it says was taken away, or its session has ended
    :raise ChangeLogUnreadableError: nobody can tell, because the database has not answered for too long
    """
    encoded, encrypted_for = _signed_parts(raw)
    unverified_header = json_object(encoded[0])
    _require_type(unverified_header)
    key = _key_for(unverified_header)
    _verify_signature(encoded, unverified_header, key)
    claims = json_object(encoded[1])
    _verify_claims(claims)
    _verify_times(claims, now)
    _verify_secrecy(claims, encrypted_for, opened_by)
    if not may_be_outdated:
        require_fresh(claims, kid=key.kid)
    return VerifiedToken(header=unverified_header, claims=claims)


def signed_token_in(raw: str | bytes) -> str:
    """Return the signed token that is nested in an encrypted one; nothing of it is verified.

    :raise InvalidTokenError: it is encrypted to a key that is not held here, or was altered
    """
    return b".".join(_signed_parts(raw)[0]).decode()


def _signed_parts(raw: str | bytes) -> tuple[list[bytes], str | None]:
    """Return the three parts of a signed token, and the audience that it was encrypted for, if it was."""
    parts = parts_of(raw)
    if len(parts) == SIGNED_PARTS:
        return parts, None
    unverified_header = json_object(parts[0])
    _require_type(unverified_header)
    key = _decryption_key_for(unverified_header)
    inner = parts_of(_decrypted(parts, unverified_header, key))
    if len(inner) != SIGNED_PARTS:
        raise InvalidTokenError(reason="nested more than once", kid=key.kid)
    return inner, key.audience


def _require_type(unverified_header: Payload) -> None:
    typ = unverified_header.get("typ")
    if not isinstance(typ, str) or typ.lower() not in TYPES:
        raise InvalidTokenError(reason="typ is not at+jwt")


def _decryption_key_for(unverified_header: Payload) -> DecryptionKey:
    kid = unverified_header.get("kid")
    key = encryption.value().keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise UnreadableTokenError(reason="encrypted to a key that is not held here")
    # RFC 7519 §5.2: what is nested says so.
    if unverified_header.get("cty") != CONTENT_TYPE:
        raise InvalidTokenError(reason="cty is not JWT", kid=key.kid)
    return key


def _decrypted(parts: list[bytes], unverified_header: Payload, key: DecryptionKey) -> bytes:
    """Return the content; before anything is decrypted, the header has to ask for just what the key is for.

    Otherwise an attacker picks a password to be stretched a billion times, or something small that
    unpacks to gigabytes.
    """
    algorithms = unverified_header.get("alg"), unverified_header.get("enc")
    if algorithms != (key.algorithm, CONTENT_ENCRYPTION) or "zip" in unverified_header:
        raise InvalidTokenError(reason="not encrypted as the key's", kid=key.kid)
    _require_no_crit(unverified_header)
    return decrypt(b".".join(parts), key)


def _key_for(unverified_header: Payload) -> RingKey:
    kid = unverified_header.get("kid")
    if not isinstance(kid, str):
        raise InvalidTokenError(reason="no kid")
    try:
        return keyring.verifying_key(kid)
    except UnknownKeyError:
        raise InvalidTokenError(reason="unknown or revoked kid") from None


def _verify_signature(encoded: list[bytes], unverified_header: Payload, key: RingKey) -> None:
    # The key decides the algorithm, never the token: otherwise an attacker picks "none" or HS256.
    if unverified_header.get("alg") != key.algorithm:
        raise InvalidTokenError(reason="alg is not the key's", kid=key.kid)
    _require_no_crit(unverified_header)
    try:
        jws.deserialize_compact(b".".join(encoded), key.public, registry=jws_registry(key.algorithm))
    except (JoseError, ValueError) as error:
        raise InvalidTokenError(reason=type(error).__name__, kid=key.kid) from None


def _require_no_crit(unverified_header: Payload) -> None:
    if "crit" in unverified_header:
        raise InvalidTokenError(reason="crit is not understood")


def _verify_secrecy(claims: Payload, encrypted_for: str | None, opened_by: str | None) -> None:
    """Refuse what was encrypted for another audience, and what an encrypted audience should have encrypted.

    Otherwise whoever reads a token on its way passes it on bare, and nobody notices that it was read.
    """
    if encrypted_for is not None and claims["aud"] != encrypted_for:
        raise InvalidTokenError(reason="encrypted for another audience", claim="aud")
    if encrypted_for is not None or claims["aud"] == opened_by:
        return
    if claims["aud"] in encryption.value().audiences:
        raise InvalidTokenError(reason="not encrypted", claim="aud")


def _verify_claims(claims: Payload) -> None:
    for name in _STRING_CLAIMS:
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise InvalidTokenError(reason="claim missing or no string", claim=name)
    for name in _INTEGER_CLAIMS:
        _integer(claims.get(name), name)
    if claims["iss"] != conf.issuer():
        raise InvalidTokenError(reason="another issuer", claim="iss")


def _verify_times(claims: Payload, now: datetime) -> None:
    at, ahead = now.timestamp(), (now + CLOCK_SKEW).timestamp()
    exp, iat = _integer(claims["exp"], "exp"), _integer(claims["iat"], "iat")
    if iat > ahead:
        raise InvalidTokenError(reason="issued in the future", claim="iat")
    # We never say it; whoever does means it (RFC 7519 §4.1.5).
    if "nbf" in claims and _integer(claims["nbf"], "nbf") > ahead:
        raise InvalidTokenError(reason="not valid yet", claim="nbf")
    # The change log forgets after that long what it took away: a longer life would outlive it.
    if exp - iat > conf.MAX_ACCESS_LIFETIME.total_seconds():
        raise InvalidTokenError(reason="lives longer than any token", claim="exp")
    if exp <= at:
        raise ExpiredTokenError(claim="exp")


def _integer(value: object, claim: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidTokenError(reason="claim missing or no integer", claim=claim)
    return value
