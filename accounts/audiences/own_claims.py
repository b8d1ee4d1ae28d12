"""The claims of the user's contract that authsite's own API reads (design.md §4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClaim:
    """Where a claim stands and which source says it; ``required``: also where it is null."""

    path: str
    source: str
    required: bool


ROLES = OwnClaim(path="user_roles", source="roles", required=True)
DEPARTMENT = OwnClaim(path="custom_data.departamento", source="department_code", required=True)
SPECIAL_PERMISSIONS = OwnClaim(
    path="custom_data.permisos_especiales", source="special_permissions", required=True
)
TENANT = OwnClaim(path="tenant_id", source="tenant_id", required=False)

OWN_CLAIMS = (ROLES, DEPARTMENT, SPECIAL_PERMISSIONS, TENANT)
