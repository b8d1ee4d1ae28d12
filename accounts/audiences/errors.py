"""What can go wrong with audiences and their contracts."""

from accounts.errors import AuthsiteError


class UnknownAudienceError(AuthsiteError):
    """No audience in force has this code."""

    code = "unknown_audience"
    description = "No audience in force has this code."


class ClaimSourceError(AuthsiteError):
    """A claim source raised, or returned something else than its type: no token is issued."""

    code = "claim_source_failed"
    description = "A claim source failed."
