"""What kind of thing a pasted text is, and what of it is true: verified in the one place, or withheld."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from django.views.decorators.debug import sensitive_variables

from accounts import conf
from accounts.explanations.pasted.text import MAX_PASTED, find_token
from accounts.explanations.pasted.unverified import short_text, shown_header, unverified_members
from accounts.keys.errors import SealedKeyUnreadableError
from accounts.models.codes import CODE_PATTERN
from accounts.refresh_sessions.errors import InvalidRefreshTokenError, SecretNotYetKnownError
from accounts.refresh_sessions.opaque_tokens import RefreshToken, read_refresh_token
from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError
from accounts.tokens.verification import signed_token_in, verify_access_token

_LIKE_A_REFRESH_TOKEN = re.compile(r"[0-9]{1,6}\.[0-9a-f]{32}\.[0-9]{1,18}\.[\w-]{43}", re.ASCII)
_LIKE_A_DEVICE_TOKEN = re.compile(r"[0-9]{1,6}\.[0-9a-f]{32}\.[\w-]{43}", re.ASCII)


class Kind(StrEnum):
    """What was pasted."""

    NOTHING = "nothing"
    TOO_LONG = "too_long"
    GARBAGE = "garbage"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind
    #: It says that it is ours, but it is no access token: another type, or other claims.
    OTHER_JWT = "other_jwt"
    ENCRYPTED_TOKEN = "encrypted_token"  # noqa: S105 - the name of a kind
    #: Ours, but of an audience whose tokens are encrypted.
    BARE_TOKEN = "bare_token"  # noqa: S105 - the name of a kind
    #: Of another issuer, or at least not of this one.
    FOREIGN_TOKEN = "foreign_token"  # noqa: S105 - the name of a kind
    #: It says that we issued it, but a key signed it that we do not have, or that was revoked.
    OF_NO_USABLE_KEY = "of_no_usable_key"
    ALTERED = "altered"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a kind
    ALTERED_REFRESH_TOKEN = "altered_refresh_token"  # noqa: S105 - the name of a kind
    #: Made with a secret that this host does not have (any more, or yet).
    REFRESH_TOKEN_OF_NO_SECRET = "refresh_token_of_no_secret"  # noqa: S105 - the name of a kind
    DEVICE_TOKEN = "device_token"  # noqa: S105 - the name of a kind


class Signature(StrEnum):
    """What is known of a signature or a MAC."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN_KEY = "unknown_key"
    NOT_CHECKED = "not_checked"


class Times(StrEnum):
    """Where the moment of looking stands among the times that a token says."""

    LIVE = "live"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a pasted text is. It holds no part of the token that could be used.

    ``claims`` are verified or empty. ``header`` and ``issuer`` are verified where ``signature`` is right,
    and otherwise only what somebody wrote. ``wrong`` is the reason of the verifier, for people who know it.
    """

    kind: Kind
    signature: Signature = Signature.NOT_CHECKED
    times: Times | None = None
    header: Mapping[str, object] = field(default_factory=dict)
    #: Around a token that is encrypted to a key which authsite holds.
    outer_header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    issuer: str = ""
    wrong: str = ""
    refresh: RefreshToken | None = None

    @property
    def kid(self) -> str:
        """Return the key that the header names, or nothing."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else ""

    @property
    def audience(self) -> str:
        """Return the code that the verified claims name, or nothing where it cannot be one."""
        aud = self.claims.get("aud")
        return aud if isinstance(aud, str) and re.fullmatch(CODE_PATTERN, aud, re.ASCII) else ""


@sensitive_variables()
def recognise(pasted: str, *, now: datetime) -> Recognised:
    """Say what ``pasted`` is. No query but those of the key ring; time is bounded by ``MAX_PASTED``.

    :raise KeysUnreadableError: nobody can tell which keys are good
    """
    if not pasted.strip():
        return Recognised(kind=Kind.NOTHING)
    if len(pasted) > MAX_PASTED:
        return Recognised(kind=Kind.TOO_LONG)
    return _of_token(find_token(pasted) or "", now)


@sensitive_variables()
def _of_token(token: str, now: datetime) -> Recognised:
    if _LIKE_A_REFRESH_TOKEN.fullmatch(token):
        return _refresh_token(token)
    if _LIKE_A_DEVICE_TOKEN.fullmatch(token):
        return Recognised(kind=Kind.DEVICE_TOKEN)
    match token.split("."):
        case [_, _, _]:
            return _signed(token, token, now)
        case [header, _, _, _, _]:
            return _encrypted(token, header, now)
        case _:
            return Recognised(kind=Kind.GARBAGE)


@sensitive_variables()
def _refresh_token(token: str) -> Recognised:
    try:
        refresh = read_refresh_token(token)
    except SecretNotYetKnownError:
        return Recognised(kind=Kind.REFRESH_TOKEN_OF_NO_SECRET, signature=Signature.UNKNOWN_KEY)
    except InvalidRefreshTokenError as error:
        if "version" in error.facts:
            return Recognised(kind=Kind.REFRESH_TOKEN_OF_NO_SECRET, signature=Signature.UNKNOWN_KEY)
        return Recognised(kind=Kind.ALTERED_REFRESH_TOKEN, signature=Signature.WRONG)
    return Recognised(kind=Kind.REFRESH_TOKEN, signature=Signature.RIGHT, refresh=refresh)


@sensitive_variables()
def _encrypted(token: str, encoded_header: str, now: datetime) -> Recognised:
    """Say what an encrypted token is: all that a signed one says where authsite has its key."""
    header = unverified_members(encoded_header)
    if "enc" not in header:
        return Recognised(kind=Kind.GARBAGE)
    try:
        signed = signed_token_in(token)
    except InvalidTokenError as error:
        is_held = "kid" in error.facts
        kind = Kind.ALTERED if is_held else Kind.ENCRYPTED_TOKEN
        wrong = str(error.facts.get("reason", "")) if is_held else ""
        return Recognised(kind=kind, header=shown_header(header), wrong=wrong)
    except SealedKeyUnreadableError:
        return Recognised(kind=Kind.ENCRYPTED_TOKEN, header=shown_header(header))
    return replace(_signed(token, signed, now), outer_header=shown_header(header))


@sensitive_variables()
def _signed(token: str, signed: str, now: datetime) -> Recognised:
    """Say what a token is; ``signed`` is what is inside of it where it is encrypted, or the same."""
    try:
        return _verified(token, now, Times.LIVE)
    except ExpiredTokenError:
        return _at_its_own_time(token, signed, Times.EXPIRED)
    except InvalidTokenError as error:
        if error.facts.get("claim") == "iat" and error.facts.get("reason") == "issued in the future":
            return _at_its_own_time(token, signed, Times.NOT_YET)
        return _refused(signed, error)


@sensitive_variables()
def _verified(token: str, at: datetime, times: Times) -> Recognised:
    verified = verify_access_token(token, now=at, may_be_outdated=True)
    return Recognised(
        kind=Kind.ACCESS_TOKEN,
        signature=Signature.RIGHT,
        times=times,
        header=verified.header,
        claims=verified.claims,
        issuer=str(verified.claims["iss"]),
    )


@sensitive_variables()
def _at_its_own_time(token: str, signed: str, times: Times) -> Recognised:
    """Verify at the moment at which the token says that it was issued: all but the times was right.

    ``iat`` is true here: times are the last that is verified, after signature, issuer and types.
    """
    try:
        iat = unverified_members(signed.split(".")[1]).get("iat")
        return _verified(token, datetime.fromtimestamp(int(str(iat)), UTC), times)
    except (InvalidTokenError, ValueError, OverflowError, OSError):
        # Nobody issues such times; whoever has our key can.
        wrong = "its times contradict each other"
        return Recognised(kind=Kind.OTHER_JWT, signature=Signature.RIGHT, wrong=wrong)


@sensitive_variables()
def _refused(signed: str, error: InvalidTokenError) -> Recognised:
    header, payload = (unverified_members(part) for part in signed.split(".")[:2])
    if "alg" not in header:
        return Recognised(kind=Kind.GARBAGE)
    says_ours = payload.get("iss") == conf.issuer()
    kind, signature = _kind_of_refused(error.facts, says_ours=says_ours)
    return Recognised(
        kind=kind,
        signature=signature,
        header=shown_header(header),
        issuer=short_text(payload["iss"]) if "iss" in payload else "",
        wrong=str(error.facts.get("reason", "")),
    )


def _kind_of_refused(facts: Mapping[str, object], *, says_ours: bool) -> tuple[Kind, Signature]:
    reason = str(facts.get("reason", ""))
    if reason == "not encrypted":
        return Kind.BARE_TOKEN, Signature.RIGHT
    if "claim" in facts:
        # Claims are verified after the signature.
        return Kind.OTHER_JWT if says_ours else Kind.FOREIGN_TOKEN, Signature.RIGHT
    if "kid" in facts:
        # A key of ours is named, and this is not what it signed.
        return Kind.ALTERED, Signature.WRONG
    if not says_ours:
        return Kind.FOREIGN_TOKEN, Signature.NOT_CHECKED
    return _KINDS_OF_REASONS.get(reason, (Kind.ALTERED, Signature.NOT_CHECKED))


#: Of tokens that say that they are ours.
_KINDS_OF_REASONS = {
    "typ is not at+jwt": (Kind.OTHER_JWT, Signature.NOT_CHECKED),
    "unknown or revoked kid": (Kind.OF_NO_USABLE_KEY, Signature.UNKNOWN_KEY),
}
