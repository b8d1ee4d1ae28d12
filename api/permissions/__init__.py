"""Permission classes over verified claims: they read, compose with ``& | ~`` and never query."""

from api.permissions.claim_permissions import ClaimPermission, DenyAll, ForAudience, HasRole

__all__ = ["ClaimPermission", "DenyAll", "ForAudience", "HasRole"]
