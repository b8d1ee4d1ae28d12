"""The admin's pages of refresh sessions: read, and end."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.actions import bulk_action
from accounts.admin.acts import Act
from accounts.admin.listed_admin import is_uuid
from accounts.admin.long_lists import LongList
from accounts.admin.people_search import first_people
from accounts.admin.record_admin import RecordAdmin
from accounts.admin.session_page import events_of_session, told_of_session
from accounts.admin.users.end_sessions import MAY_END_SESSIONS
from accounts.audiences.models import Audience
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


class SessionAudienceFilter(admin.SimpleListFilter):
    """Narrows sessions to those of one audience, by its code."""

    title = _("audience")
    parameter_name = "audience"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the codes of the audiences."""
        return [(code, code) for code in Audience.objects.order_by("code").values_list("code", flat=True)]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the sessions of the chosen audience."""
        return queryset.filter(audience=self.value()) if self.value() else queryset


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
    fields = ("sid",)
    readonly_fields = fields
    list_display = ("user", "device", "platform", "audience_code", "last_ip", "last_used", "state")
    list_display_links = ("user", "device")
    list_filter = (SessionStateFilter, SessionAudienceFilter, EndReasonFilter)
    list_select_related = ("user__tenant",)
    sortable_by = ("last_used",)
    search_fields = ("user__email", "user__name")
    search_help_text = _("E-mail or name of the person, or the whole session id (sid).")
    date_hierarchy = "last_used_at"
    ordering = ("-last_used_at",)
    actions = ("end_selected",)

    @admin.display(description=_("device"))
    def device(self, obj: Any) -> str:
        """Return what is known of the device."""
        return device_of(obj)

    @admin.display(description=_("audience"))
    def audience_code(self, obj: Any) -> str:
        """Return the code, which the row has without another query."""
        return str(obj.audience_id)

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def last_used(self, obj: Any) -> str:
        """Return the moment, short enough for one line."""
        return date_format(timezone.localtime(obj.last_used_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("state"))
    def state(self, obj: Any) -> SafeString:
        """Return whether the session is live, and why not."""
        if obj.ended_at is not None:
            words = str(obj.get_end_reason_display())
        else:
            words = str(_("expired") if obj.is_expired(at=timezone.now()) else _("live"))
        tone = "is-good" if words == str(_("live")) else "is-quiet"
        return format_html('<span class="badge {}">{}</span>', tone, words)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the sessions with their people, whose tenants the page says."""
        return super().get_queryset(request).select_related("user__tenant")

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one session to be read: what the template needs beside Django's own."""
        session = self.get_object(request, unquote(object_id))
        if session is not None and self.has_view_permission(request):
            extra_context = {**(extra_context or {}), **told_of_session(request, session)}
        return super().change_view(request, object_id, form_url, extra_context)

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what happened to this session; the events are about its person."""
        return events_of_session(obj)

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
        said = _("More than %(limit)d people are so called: these are the sessions of the first of them.")
        people = first_people(self, request, search_term, if_more=said)
        return queryset.filter(user__in=people), False

    @bulk_action(
        _("End sessions"),
        permissions=MAY_END_SESSIONS,
        says=_("On these devices the person has to log in again."),
        asks_password=True,
    )
    def end_selected(self, session: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """End the selected sessions, which is the only change there is."""
        authority_of(act.actor).require_over_user(session.user)
        return end_refresh_session(
            user_id=session.user_id,
            sid=session.sid,
            reason=EndReason.ENDED_BY_ADMINISTRATOR,
            actor=act.actor,
            now=act.now,
        )


def device_of(session: RefreshSession) -> str:
    """Return what is known of the device, for people."""
    return session.device_name or session.user_agent[:60] or session.client_id or str(session.sid)
