"""Client assertions: how an audience proves by its own key who it is (RFC 7523 §2.2 and §3, OIDC Core §9)."""

import hashlib
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential, UsedAssertion
from accounts.keys.assertion_jwk import has_signed
from accounts.models.codes import CODE_PATTERN
from accounts.tokens.compact import SIGNED_PARTS, Payload, json_object, parts_of
from accounts.tokens.errors import InvalidTokenError
from accounts.tokens.verification import CLOCK_SKEW

#: The value of ``client_assertion_type`` (RFC 7523 §2.2).
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: How far ahead ``exp`` may be: so long an assertion has to be remembered, and a stolen one be feared.
LONGEST_LIFE: Final = timedelta(minutes=5)
LONGEST_JTI: Final = 255

_TYPES = frozenset({"jwt", "client-authentication+jwt"})


def verify_client_assertion(raw: str, *, accepted_audiences: Collection[str], now: datetime) -> Audience:
    """Return the audience in force that signed the assertion; it is used up by that. One query and an insert.

    ``accepted_audiences`` are the names of authsite that ``aud`` may say. ``kid`` is not asked for: each live
    key of the audience is tried, each by its own algorithm alone.

    :raise InvalidAudienceCredentialError: one answer for whatever is wrong; the reason is for the log
    """
    parts, header, claims = _taken_apart(raw)
    code = claims.get("iss")
    if not isinstance(code, str) or not re.fullmatch(CODE_PATTERN, code) or claims.get("sub") != code:
        raise InvalidAudienceCredentialError(reason="iss and sub are not one audience")
    audience = _signer(code, parts, header)
    _require_for_us(claims, accepted_audiences, code)
    expires_at = _require_timely(claims, now, code)
    _use_up(claims, expires_at, code)
    return audience


def _taken_apart(raw: str) -> tuple[list[bytes], Payload, Payload]:
    """Return the parts of a JWS, its header and its claims; nothing of them is verified."""
    try:
        parts = parts_of(raw)
        header, claims = json_object(parts[0]), json_object(parts[1])
    except InvalidTokenError as error:
        raise InvalidAudienceCredentialError(**error.facts) from None
    # Without a type of its own it may be anything that the server signs with this key, but an access token.
    typ = str(header.get("typ", "JWT")).lower()
    if len(parts) != SIGNED_PARTS or typ not in _TYPES or "crit" in header:
        raise InvalidAudienceCredentialError(reason="not signed, typ or crit")
    return parts, header, claims


def _signer(code: str, parts: list[bytes], unverified_header: Payload) -> Audience:
    for credential in AudienceCredential.objects.keys_of(code):
        if unverified_header.get("alg") == credential.algorithm and has_signed(
            parts, public_jwk=credential.public_jwk or {}, algorithm=credential.algorithm
        ):
            return credential.audience
    raise InvalidAudienceCredentialError(reason="signed by no live key", audience=code)


def _require_for_us(claims: Payload, accepted: Collection[str], code: str) -> None:
    """Refuse what another server could have asked for: one that is named beside us may send it on to us."""
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    if not named or not all(isinstance(each, str) and each in accepted for each in named):
        raise InvalidAudienceCredentialError(reason="aud is not authsite alone", audience=code)


def _require_timely(claims: Payload, now: datetime, code: str) -> datetime:
    """Return when the assertion expires."""
    at, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in times.values()):
        raise InvalidAudienceCredentialError(reason="a time is no number", audience=code)
    exp = claims.get("exp")
    if not isinstance(exp, int | float) or not at < exp <= at + LONGEST_LIFE.total_seconds() + skew:
        raise InvalidAudienceCredentialError(reason="exp is past, or too far ahead", audience=code)
    for name in ("iat", "nbf"):
        ahead = claims.get(name, at)
        if isinstance(ahead, int | float) and ahead > at + skew:
            raise InvalidAudienceCredentialError(reason=f"{name} is in the future", audience=code)
    return datetime.fromtimestamp(exp, tz=UTC)


def _use_up(claims: Payload, expires_at: datetime, code: str) -> None:
    """Note that it was used: of those who present it at once, in any process, one is let in."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise InvalidAudienceCredentialError(reason="no jti, or one too long", audience=code)
    digest = hashlib.sha256(f"{code} {jti}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(digest=digest, expires_at=expires_at)
    except IntegrityError:
        raise InvalidAudienceCredentialError(reason="used before", audience=code) from None
