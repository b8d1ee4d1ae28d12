"""The admin: pages over the domain services, one module or package per kind of thing."""

from accounts.admin import (
    audit_events,
    departments,
    roles,
    sessions,
    site,
    tenants,
)
from accounts.admin.audiences import audience_admin, credential_admin, encryption_key_admin
from accounts.admin.signing_keys import signing_key_admin
from accounts.admin.users import user_admin

__all__ = [
    "audience_admin",
    "audit_events",
    "credential_admin",
    "departments",
    "encryption_key_admin",
    "roles",
    "sessions",
    "signing_key_admin",
    "site",
    "tenants",
    "user_admin",
]
