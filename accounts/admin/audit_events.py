"""The admin's read-only pages of audit events."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.event_words import EVENT_WORDS, words_of
from accounts.admin.history import events_about, history_line
from accounts.admin.past_standing import past_standing_page
from accounts.admin.record_admin import RecordAdmin
from accounts.audit.models import AuditEvent


class EventTypeFilter(admin.SimpleListFilter):
    """Narrows events to one type; from the vocabulary, since the table is long."""

    title = _("type")
    parameter_name = "type"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return every type that has words."""
        return [(str(type_), words) for type_, words in EVENT_WORDS.items()]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the chosen type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


class SubjectKindFilter(admin.SimpleListFilter):
    """Narrows events to one kind of subject."""

    title = _("about")
    parameter_name = "kind"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds of subjects."""
        return [
            ("user", _("user")),
            ("role", _("role")),
            ("department", _("department")),
            ("tenant", _("tenant")),
            ("audience", _("audience")),
            ("signing_key", _("signing key")),
        ]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events about the chosen kind."""
        return queryset.filter(subject_kind=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    """Audit events; staff of a tenant see its own."""

    fields = (
        "at",
        "what_happened",
        "type",
        "actor_label",
        "actor_sub",
        "subject_kind",
        "subject_label",
        "subject_id",
        "what_changed",
        "tenant",
        "ip",
        "user_agent",
        "request_id",
        "sid",
        "could_do",
    )
    readonly_fields = fields
    list_display = (
        "at",
        "what_happened",
        "actor_label",
        "subject_kind",
        "subject_label",
        "tenant",
        "ip",
        "could_do",
    )
    list_display_links = ("at", "what_happened")
    list_filter = (EventTypeFilter, SubjectKindFilter)
    search_fields = ("actor_label", "subject_label", "subject_id__exact")
    search_help_text = _("Who did it, to whom, or the id of whom it was done to.")
    date_hierarchy = "at"
    ordering = ("-id",)
    actions = None

    @admin.display(description=_("what happened"), ordering="type")
    def what_happened(self, obj: Any) -> str:
        """Return the event's type in words."""
        return words_of(obj.type)

    @admin.display(description=_("what changed"))
    def what_changed(self, obj: Any) -> SafeString:
        """Return the changes as a list of before and after."""
        return render_to_string("admin/audit/changes.html", {"line": history_line(obj)})

    @admin.display(description=_("what they could do"))
    def could_do(self, obj: Any) -> str:
        """Return the way to what the person of the event could do at its moment."""
        if obj.subject_kind != "user" or not obj.subject_id:
            return ""
        page = reverse("admin:audit_auditevent_past_standing", args=[obj.subject_id])
        at = timezone.localtime(obj.at).strftime("%Y-%m-%dT%H:%M:%S")
        return format_html('<a href="{}?at={}">{}</a>', page, at, _("then"))

    @override
    def get_urls(self) -> list[URLPattern]:
        """Add the page of what a person could do, which outlives the person's own."""
        page = path(
            "past-standing/<uuid:user_id>/",
            self.admin_site.admin_view(self.past_standing_view),
            name="audit_auditevent_past_standing",
        )
        return [page, *super().get_urls()]

    def past_standing_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Show what a person could do at a moment."""
        return past_standing_page(self, request, user_id)

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return all that happened to the same subject."""
        return events_about(kind=obj.subject_kind, pk=obj.subject_id)
