"""Why a link in a mail opens nothing."""

from accounts.errors import AuthsiteError


class InvalidLinkError(AuthsiteError):
    """Unknown, used, replaced, expired, or the account has changed since: one answer for all."""

    code = "invalid_link"
    description = "The link is not valid, or not any more."
