"""The directory's tables: users, roles, departments, tenants."""

from accounts.models.browser_sessions import BrowserSessionMarker
from accounts.models.departments import Department
from accounts.models.roles import Role
from accounts.models.saved_filters import SavedFilter
from accounts.models.tenants import Tenant
from accounts.models.users import User

__all__ = ["BrowserSessionMarker", "Department", "Role", "SavedFilter", "Tenant", "User"]
