"""Revoking a token: ending the session that it belongs to (RFC 7009)."""

from datetime import datetime
from uuid import UUID

from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audit.actors import Actor, Origin
from accounts.refresh_sessions.errors import (
    ForeignTokenError,
    InvalidRefreshTokenError,
    UnknownSessionError,
    UnsupportedTokenTypeError,
)
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.opaque_tokens import read_refresh_token
from accounts.refresh_sessions.services import end_presented_session, end_refresh_session
from accounts.tokens.compact import Payload, parts_of
from accounts.tokens.errors import InvalidTokenError, UnreadableTokenError
from accounts.tokens.verification import verify_access_token


def revoke_token(*, presented: str, audience: str | None, origin: Origin, now: datetime) -> None:
    """End the session of a token; one that is not good, or not any more, changes nothing (RFC 7009 §2.2).

    Whoever has a refresh token may do so, as by logging out: apps have no secret. An access token is shown to
    other services, so that only its own audience, which has proved who it is, may revoke it.

    :raise InvalidAudienceCredentialError: an access token, and nobody has proved to be an audience
    :raise ForeignTokenError: an access token for another audience
    :raise UnsupportedTokenTypeError: a token that is encrypted to a key that authsite does not have
    """
    if _is_refresh_token(presented):
        end_presented_session(presented=presented, origin=origin, now=now)
        return
    claims = _claims_of(presented, audience, now)
    if claims is None:
        return
    if claims["aud"] != audience:
        raise ForeignTokenError(audience=audience)
    whoever = Actor(sub=None, label=f"audience {audience}", origin=origin)
    try:
        end_refresh_session(
            user_id=UUID(str(claims["sub"])),
            sid=UUID(str(claims["sid"])),
            reason=EndReason.LOGOUT,
            actor=whoever,
            now=now,
        )
    except (UnknownSessionError, ValueError):
        return  # the row is gone


def _is_refresh_token(presented: str) -> bool:
    try:
        read_refresh_token(presented)
    except InvalidRefreshTokenError:
        return False
    return True


def _claims_of(presented: str, audience: str | None, now: datetime) -> Payload | None:
    """Return what an access token says, or none where it is no good one; also where it is outdated."""
    try:
        parts_of(presented)
    except InvalidTokenError:
        return None
    if audience is None:
        raise InvalidAudienceCredentialError(reason="an access token is revoked by its audience")
    try:
        return verify_access_token(presented, now=now, may_be_outdated=True, opened_by=audience).claims
    except UnreadableTokenError:
        raise UnsupportedTokenTypeError(audience=audience) from None
    except InvalidTokenError:
        return None
