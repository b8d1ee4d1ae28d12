"""Why a refresh is refused: one class per distinct consequence for the client."""

from accounts.errors import AuthsiteError


class RefreshError(AuthsiteError):
    """A refresh was refused; the person has to log in again."""

    code = "invalid_grant"
    description = "The refresh token is not accepted."


class InvalidRefreshTokenError(RefreshError):
    """The refresh token is malformed, altered, or of no session (RFC 6749 §5.2)."""

    code = "invalid_grant"
    description = "The refresh token is malformed, altered or of no session."


class SessionEndedError(RefreshError):
    """The session was ended: by logout, by an administrator, by a password change."""

    code = "session_ended"
    description = "The refresh session was ended."


class SessionExpiredError(RefreshError):
    """The session was idle for too long, or reached its absolute lifetime."""

    code = "session_expired"
    description = "The refresh session has expired."


class ReuseDetectedError(RefreshError):
    """A refresh token was used again long after its successor: the session is ended (RFC 9700 §4.14)."""

    code = "reuse_detected"
    description = "A refresh token was used again; the session is ended."


class SessionBusyError(AuthsiteError):
    """The session changed at every try; the same request will succeed in a moment."""

    code = "unavailable"
    description = "The refresh session changed at every try."


class SecretNotYetKnownError(AuthsiteError):
    """A newer secret made the token than this host has: it will have it in a moment."""

    code = "unavailable"
    description = "The secret of the refresh token is not configured on this host yet."


class UnknownSessionError(AuthsiteError):
    """The person has no live session with this sid."""

    code = "unknown_session"
    description = "The person has no live session with this sid."


class ForeignTokenError(AuthsiteError):
    """An audience asks to revoke a token for another one (RFC 7009 §2.1)."""

    code = "wrong_audience"
    description = "The token to revoke is for another audience."


class UnsupportedTokenTypeError(AuthsiteError):
    """A token that authsite cannot read, and so not revoke (RFC 7009 §2.2.1)."""

    code = "unsupported_token_type"
    description = "The token to revoke is encrypted to a key that is not held here."
