"""Why a token whose signature and times are good is not accepted any more."""

from accounts.errors import AuthsiteError


class OutdatedTokenError(AuthsiteError):
    """The change log has a later entry that takes something away from the token."""


class StaleTokenError(OutdatedTokenError):
    """Something that the token says was taken away: a refresh brings the claims of now."""

    code = "token_stale"
    description = "Something that the token says was taken away since it was issued."


class EndedSessionError(OutdatedTokenError):
    """The refresh session of the token has ended: only a login helps."""

    code = "session_ended"
    description = "The refresh session of the token was ended."


class ChangeLogUnreadableError(AuthsiteError):
    """The database has not answered for too long: nobody can tell which tokens are still good."""

    code = "unavailable"
    description = "The change log could not be read for too long."


class CursorExpiredError(AuthsiteError):
    """A reader of the change log comes with a position that the log does not know (any more)."""

    code = "cursor_expired"
    description = "The change log does not know this position any more."
