"""What an audience is told about a token that somebody showed it (RFC 7662)."""

from datetime import datetime

from accounts.change_log.errors import OutdatedTokenError
from accounts.tokens.compact import Payload
from accounts.tokens.errors import InvalidTokenError
from accounts.tokens.verification import verify_access_token


def introspect_token(presented: str, *, audience: str, now: datetime) -> Payload:
    """Return ``{"active": False}``, or the claims of a live access token for this very audience. No query.

    Whatever is no such token has one answer: whoever asks about another's token learns nothing of it
    (RFC 7662 §2.2). An audience with encrypted tokens shows the signed token that it found inside.

    :raise ChangeLogUnreadableError, KeysUnreadableError: nobody can tell, for now
    """
    try:
        verified = verify_access_token(presented, now=now, opened_by=audience)
    except (InvalidTokenError, OutdatedTokenError):
        return {"active": False}
    if verified.claims["aud"] != audience:
        return {"active": False}
    # Last, so that no claim of a contract can stand in their place.
    return verified.claims | {"active": True, "token_type": "Bearer"}
