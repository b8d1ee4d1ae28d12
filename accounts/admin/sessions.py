"""The admin's pages of refresh sessions: read, and end."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act
from accounts.admin.bulk_changes import BulkChange, run_bulk_change
from accounts.admin.history import events_about
from accounts.admin.record_admin import RecordAdmin
from accounts.audit.models import AuditEvent
from accounts.authority import authority_of
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session


class SessionStateFilter(admin.SimpleListFilter):
    """Narrows sessions to those that can still be refreshed, or cannot."""

    title = _("state")
    parameter_name = "state"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states."""
        return [("live", _("live")), ("ended", _("ended")), ("expired", _("expired"))]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions in the chosen state."""
        now = timezone.now()
        past = Q(expires_at__lte=now) | Q(idle_expires_at__lte=now)
        match self.value():
            case "live":
                return queryset.filter(~past, ended_at__isnull=True)
            case "ended":
                return queryset.filter(ended_at__isnull=False)
            case "expired":
                return queryset.filter(past, ended_at__isnull=True)
            case _:
                return queryset


@admin.register(RefreshSession)
class RefreshSessionAdmin(RecordAdmin):
    """Sessions; staff of a tenant see those of its people."""

    tenants_write = True
    fields = (
        "sid",
        "user",
        "audience",
        "client_id",
        "device_name",
        "platform",
        "user_agent",
        "login_ip",
        "last_ip",
        "auth_time",
        "auth_methods",
        "generation",
        "created_at",
        "last_used_at",
        "rotated_at",
        "idle_expires_at",
        "expires_at",
        "ended_at",
        "end_reason",
    )
    readonly_fields = fields
    list_display = ("user", "device", "platform", "audience_id", "last_ip", "last_used_at", "state")
    list_display_links = ("user", "device")
    list_filter = (SessionStateFilter, "end_reason")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "device_name")
    search_help_text = _("E-mail or name of the person, name of the device, or the whole session id (sid).")
    date_hierarchy = "last_used_at"
    ordering = ("-last_used_at",)
    actions = ("end_selected",)

    @admin.display(description=_("device"), ordering="device_name")
    def device(self, obj: Any) -> str:
        """Return what is known of the device."""
        return device_of(obj)

    @admin.display(description=_("state"), ordering="ended_at")
    def state(self, obj: Any) -> str | Promise:
        """Return whether the session is live, and why not."""
        if obj.ended_at is not None:
            return str(obj.get_end_reason_display())
        return _("expired") if obj.is_expired(at=timezone.now()) else _("live")

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what happened to this session; the events are about its person."""
        of_session = Q(facts__sid=str(obj.sid)) | Q(facts__sids__icontains=str(obj.sid))
        return events_about(kind="user", pk=obj.user_id).filter(of_session)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may end sessions, which is the only change there is."""
        return request.user.has_perm("refresh_sessions.change_refreshsession")

    @admin.action(description=_("End"), permissions=["end"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """End the selected sessions."""
        bulk = BulkChange(
            action="end_selected",
            title=_("End sessions"),
            explanation=_("On these devices the person has to log in again."),
            change_one=_end,
        )
        return run_bulk_change(self, request, queryset, bulk)


def device_of(session: RefreshSession) -> str:
    """Return what is known of the device, for people."""
    return session.device_name or session.user_agent[:60] or session.client_id or str(session.sid)


def _end(session: Any, _chosen: dict[str, Any], act: Act) -> bool:
    authority_of(act.actor).require_over_user(session.user)
    return end_refresh_session(
        user_id=session.user_id,
        sid=session.sid,
        reason=EndReason.ENDED_BY_ADMINISTRATOR,
        actor=act.actor,
        now=act.now,
    )
