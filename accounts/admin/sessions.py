"""The admin's pages of refresh sessions: read, and end."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
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
from accounts.admin.long_lists import LongList
from accounts.admin.record_admin import RecordAdmin
from accounts.admin.service_admin import is_uuid
from accounts.audit.models import AuditEvent
from accounts.authority import authority_of
from accounts.models import User
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
        # Nothing expires later when idle than at all (refresh_session_idle_within_absolute).
        match self.value():
            case "live":
                return queryset.filter(ended_at__isnull=True, idle_expires_at__gt=now)
            case "ended":
                return queryset.filter(ended_at__isnull=False)
            case "expired":
                return queryset.filter(ended_at__isnull=True, idle_expires_at__lte=now)
            case _:
                return queryset


class EndReasonFilter(admin.SimpleListFilter):
    """Narrows sessions to those that ended for one reason."""

    title = _("end reason")
    parameter_name = "reason"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the reasons."""
        return list(EndReason.choices)

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions that ended for the chosen reason; in the words of their index."""
        return queryset.filter(end_reason=self.value()).exclude(end_reason="") if self.value() else queryset


class SessionList(LongList):
    """Sessions, the last used first; of those that expired, the last to expire: live ones are not read."""

    @override
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Return the order of the rows."""
        if self.params.get(SessionStateFilter.parameter_name) == "expired" and ORDER_VAR not in self.params:
            return ["-idle_expires_at", "-pk"]
        return super().get_ordering(request, queryset)


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
    list_filter = (SessionStateFilter, EndReasonFilter)
    list_select_related = ("user",)
    sortable_by = ("last_used_at",)
    search_fields = ("user__email", "user__name")
    search_help_text = _("E-mail or name of the person, or the whole session id (sid).")
    date_hierarchy = "last_used_at"
    ordering = ("-last_used_at",)
    actions = ("end_selected",)

    @admin.display(description=_("device"))
    def device(self, obj: Any) -> str:
        """Return what is known of the device."""
        return device_of(obj)

    @admin.display(description=_("state"))
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

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list of sessions."""
        return SessionList

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for people, and return their sessions; a whole id finds its session."""
        if not search_term or is_uuid(search_term):
            return super().get_search_results(request, queryset, search_term)
        people = self.admin_site.get_model_admin(User)
        found, _duplicates = people.get_search_results(request, people.get_queryset(request), search_term)
        return queryset.filter(user__in=found.order_by().values("pk")), False

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
