"""Permission classes over verified claims: they read, compose with ``& | ~`` and never query."""

from api.permissions.actions import PermissionsByAction
from api.permissions.claim_permissions import (
    ForAudience,
    HasRole,
    HasSpecialPermissions,
    InDepartment,
    InTenant,
    IsSelf,
)
from api.permissions.conditions import ClaimPermission, DenyAll

__all__ = [
    "ClaimPermission",
    "DenyAll",
    "ForAudience",
    "HasRole",
    "HasSpecialPermissions",
    "InDepartment",
    "InTenant",
    "IsSelf",
    "PermissionsByAction",
]
