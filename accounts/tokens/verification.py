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

    Checked: size, three canonical base64url parts, ``typ``, no ``crit``, a usable key by ``kid`` and
    the one algorithm of that key, the signature, ``iss``, ``exp``, ``iat`` and the presence and JSON
    type of every claim that we always say; that a token of an encrypted audience came encrypted for that
    very audience; then the change log, unless the token ``may_be_outdated`` (to log out). Whether ``aud``
    is wanted is the permission's question. Header members that carry or point to keys (``jwk jku x5u
    x5c``) are never looked at.

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
    key = _key_for(unverified_header)
    _verify_signature(b".".join(encoded), key)
    claims = json_object(encoded[1])
    _verify_claims(claims, now)
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
    key = _decryption_key_for(json_object(parts[0]))
    inner = parts_of(decrypt(b".".join(parts), key))
    if len(inner) != SIGNED_PARTS:
        raise InvalidTokenError(reason="nested more than once", kid=key.kid)
    return inner, key.audience


def _decryption_key_for(unverified_header: Payload) -> DecryptionKey:
    _require_plain(unverified_header)
    key = encryption.value().keys.get(str(unverified_header.get("kid")))
    if key is None:
        raise UnreadableTokenError(reason="encrypted to a key that is not held here")
    algorithms = unverified_header.get("alg"), unverified_header.get("enc")
    if algorithms != (key.algorithm, CONTENT_ENCRYPTION) or "zip" in unverified_header:
        raise InvalidTokenError(reason="not encrypted as the key's", kid=key.kid)
    return key


def _key_for(unverified_header: Payload) -> RingKey:
    _require_plain(unverified_header)
    kid = unverified_header.get("kid")
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


def _require_plain(unverified_header: Payload) -> None:
    typ = unverified_header.get("typ")
    if not isinstance(typ, str) or typ.lower() not in TYPES:
        raise InvalidTokenError(reason="typ is not at+jwt")
    if "crit" in unverified_header:
        raise InvalidTokenError(reason="crit is not understood")


def _verify_signature(encoded: bytes, key: RingKey) -> None:
    try:
        jws.deserialize_compact(encoded, key.public, registry=jws_registry(key.algorithm))
    except (JoseError, ValueError) as error:
        raise InvalidTokenError(reason=type(error).__name__, kid=key.kid) from None


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
