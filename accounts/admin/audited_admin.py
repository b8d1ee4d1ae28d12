"""What happened to a row, from the audit log: the admin neither writes nor reads Django's LogEntry."""

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from typing_extensions import override

from accounts.admin.acts import staff_of
from accounts.admin.history import events_about, render_history
from accounts.admin.tenancy import TenantScopedAdmin
from accounts.audit.models import AuditEvent


class AuditedAdmin(TenantScopedAdmin):
    """Pages whose History button shows audit events."""

    #: What audit events call such a row.
    audit_kind: ClassVar[str] = ""

    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what the History button shows."""
        return events_about(kind=self.audit_kind, pk=obj.pk)

    def events_shown(self, request: HttpRequest, obj: Any) -> QuerySet[AuditEvent]:
        """Return those that the person may see: staff of a tenant its own."""
        events, staff = self.events_of(obj), staff_of(request)
        return events if staff.tenant_id is None else events.filter(tenant=staff.tenant_code)

    @override
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing: the service wrote its audit event."""

    @override
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing, as ``log_addition``."""

    @override
    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing, as ``log_addition``."""

    @override
    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[dict[str, dict[str, list[str]]]]:
        """Say nothing: it would be for LogEntry."""
        return []

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the audit events of a row, most recent first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined] # Django's own way
                request, self.opts, object_id
            )
            return missing
        return render_history(self, request, obj, self.events_shown(request, obj), extra_context)
