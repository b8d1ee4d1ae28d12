"""Pages over records that nobody writes by a form: sessions, audit events, signing keys."""

from typing import Any

from django.http import HttpRequest
from typing_extensions import override

from accounts.admin.service_admin import ServiceModelAdmin


class RecordAdmin(ServiceModelAdmin):
    """Read-only pages: no form adds, changes or deletes such a row, for superusers either."""

    written_once = ()

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
