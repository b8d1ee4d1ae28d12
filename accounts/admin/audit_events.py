"""The admin's read-only pages of audit events."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
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
from accounts.admin.service_admin import is_uuid
from accounts.audit.models import AuditEvent
from accounts.models import User

#: Whose events are looked for at once.
MOST_PEOPLE = 100
#: What else events are about.
OTHER_KINDS = ("role", "department", "tenant", "audience", "signing_key")


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
        kind = self.value()
        if not kind or kind == "user":  # nearly all are about people
            return queryset.filter(subject_kind=kind) if kind else queryset
        # By keys of its index: SQLite would look for the few of them from the newest of all events on.
        return queryset.filter(pk__in=AuditEvent.objects.filter(subject_kind=kind).order_by().values("pk"))


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
    sortable_by = ("at",)
    search_fields = ("subject_label__exact",)
    search_help_text = _("E-mail or name of a person, the whole name of anything else, or a whole id.")
    date_hierarchy = "at"
    ordering = ("-id",)
    actions = None

    @admin.display(description=_("what happened"))
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
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return what was done by the people whom the term finds, and to them; or to what is so called."""
        term = search_term.strip()
        if not term:
            return queryset, False
        people = [UUID(term)] if is_uuid(term) else self._people(request, term)
        about = Q(subject_kind="user", subject_id__in=[str(sub) for sub in people])
        named = Q(subject_id=term) & Q(subject_kind__in=OTHER_KINDS) | Q(subject_label=term)
        return queryset.filter(about | Q(actor_sub__in=people) | named), False

    def _people(self, request: HttpRequest, term: str) -> list[UUID]:
        model_admin = self.admin_site.get_model_admin(User)
        found, _duplicates = model_admin.get_search_results(request, model_admin.get_queryset(request), term)
        keys = list(found.order_by("email").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
        if len(keys) > MOST_PEOPLE:
            said = _("More than %(limit)d people are so called: these are the events of the first of them.")
            self.message_user(request, said % {"limit": MOST_PEOPLE}, messages.WARNING)
        return keys[:MOST_PEOPLE]

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
