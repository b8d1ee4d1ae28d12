"""The admin's read-only pages of audit events."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import DateFieldListFilter
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.event_facts import address_of, raw_json, seal_of
from accounts.admin.event_filters import (
    SUBJECT_WORDS,
    ActorFilter,
    EventTypeFilter,
    PersonFilter,
    SubjectKindFilter,
    TenantFilter,
)
from accounts.admin.event_sentences import actor_of, sentence_of, tone_of
from accounts.admin.event_words import words_of
from accounts.admin.history import events_about, history_line
from accounts.admin.listed_admin import is_uuid
from accounts.admin.pages import model_page
from accounts.admin.past_standing import past_standing_page
from accounts.admin.people_search import first_people
from accounts.admin.record_admin import RecordAdmin
from accounts.audit.models import AuditEvent
from accounts.audit.services import WHY

#: What else events are about.
OTHER_KINDS = ("role", "department", "tenant", "audience", "signing_key")


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    """Audit events; staff of a tenant see its own."""

    fields = ("at",)
    readonly_fields = fields
    list_display = ("when", "badge", "told", "tenant", "ip")
    list_display_links = ("when",)
    list_filter = (
        EventTypeFilter,
        SubjectKindFilter,
        PersonFilter,
        ActorFilter,
        TenantFilter,
        ("at", DateFieldListFilter),
    )
    sortable_by = ("when",)
    search_fields = ("subject_label__exact",)
    search_help_text = _("E-mail or name of a person, the whole name of anything else, or a whole id.")
    date_hierarchy = "at"
    ordering = ("-id",)
    actions = None

    @admin.display(description=_("at"), ordering="at")
    def when(self, obj: Any) -> str:
        """Return the moment, short enough for one line."""
        return date_format(timezone.localtime(obj.at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("kind of event"), ordering="type")
    def badge(self, obj: Any) -> SafeString:
        """Return the event's type in words."""
        return format_html('<span class="badge {}">{}</span>', tone_of(obj.type), words_of(obj.type))

    @admin.display(description=_("what happened"))
    def told(self, obj: Any) -> SafeString:
        """Return who did what to whom, and why."""
        why = str(obj.facts.get(WHY, ""))
        quoted = format_html(' <q class="quiet-note">{}</q>', why) if why else ""
        # On a phone a cell lays its children side by side: the sentence is one of them.
        return format_html("<div>{}{}</div>", sentence_of(obj), quoted)

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
        said = _("More than %(limit)d people are so called: these are the events of the first of them.")
        return first_people(self, request, term, if_more=said)

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one event to be read: what the templates needs beside Django's own."""
        event = self.get_object(request, unquote(object_id))
        told = (
            self._told_of(request, event) if event is not None and self.has_view_permission(request) else {}
        )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    def _told_of(self, request: HttpRequest, event: AuditEvent) -> dict[str, Any]:
        is_person = event.subject_kind == "user"
        return {
            "title": words_of(event.type),
            "subtitle": None,
            "line": history_line(event),
            "actor": actor_of(event),
            "actor_url": address_of(request, kind="user", pk=event.actor_sub),
            "subject_words": SUBJECT_WORDS.get(event.subject_kind, event.subject_kind),
            "subject_url": address_of(request, kind=event.subject_kind, pk=event.subject_id),
            "session": event.facts.get("sid") or event.sid,
            "session_url": address_of(request, kind="session", pk=event.facts.get("sid") or event.sid),
            "sealed": seal_of(event),
            "raw": raw_json(event),
            "could_do": is_person and event.subject_id and request.user.has_perm("accounts.view_user"),
            "then": timezone.localtime(event.at).strftime("%Y-%m-%dT%H:%M:%S"),
        }

    @model_page(
        "past-standing",
        below="<uuid:user_id>/",
        permissions=["view", "accounts.view_user"],
        reads_only=True,
    )
    def past_standing_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        """Show what a person could do at a moment: the page outlives the person's own."""
        return past_standing_page(self, request, user_id)

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return all that happened to the same subject."""
        return events_about(kind=obj.subject_kind, pk=obj.subject_id)
