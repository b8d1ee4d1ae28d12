"""Why a token is not issued or not accepted."""

from accounts.errors import AuthsiteError


class TokenUnissuableError(AuthsiteError):
    """The claims cannot be said within the contract: nothing is issued, nothing is cut."""

    code = "token_unissuable"
    description = "The token cannot be issued."


class InvalidTokenError(AuthsiteError):
    """A token is not one of ours, or was altered (RFC 6750 §3.1, ``invalid_token``)."""

    code = "invalid_token"
    description = "The access token is malformed, altered or not ours."


class ExpiredTokenError(InvalidTokenError):
    """A token of ours whose ``exp`` has passed."""

    code = "token_expired"
    description = "The access token has expired."


class UnreadableTokenError(InvalidTokenError):
    """A token that is encrypted for somebody else: whether it is ours only they can tell."""

    description = "The access token is encrypted to a key that is not held here."
