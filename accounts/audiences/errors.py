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


class InvalidAudienceCredentialError(AuthsiteError):
    """The caller is no audience in force, or its secret is not a live one (RFC 6749 §5.2)."""

    code = "invalid_client"
    description = "The audience credential is not accepted."


class AudienceClosedError(AuthsiteError):
    """The audience is not open to this person: none of its roles, departments or tenants is theirs."""

    code = "audience_closed"
    description = "The audience is not open to this person."
