"""Audit events as the admin shows them: who, when, what changed from what to what, from where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.admin.event_words import words_of
from accounts.admin.long_lists import BoundedPaginator
from accounts.audit.models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

PER_PAGE = 50
_NOTHING = "—"

_MODELS = {
    "user": "accounts.User",
    "role": "accounts.Role",
    "department": "accounts.Department",
    "tenant": "accounts.Tenant",
    "audience": "audiences.Audience",
    "signing_key": "keys.SigningKey",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One field's change, for people."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event, for people."""

    event: AuditEvent
    words: str
    changes: tuple[ChangeLine, ...]
    facts: tuple[tuple[str, str], ...]


def events_about(*, kind: str, pk: object) -> QuerySet[AuditEvent]:
    """Return the events about one row, most recent first."""
    return AuditEvent.objects.filter(subject_kind=kind, subject_id=str(pk)).order_by("-id")


def history_line(event: AuditEvent) -> HistoryLine:
    """Return ``event`` with labels for its type, its fields and its values."""
    changes = tuple(
        ChangeLine(label=_label(event.subject_kind, name), before=_value(before), after=_value(after))
        for name, (before, after) in event.changes.items()
    )
    return HistoryLine(
        event=event,
        words=words_of(event.type),
        # What was created empty says nothing.
        changes=tuple(change for change in changes if change.before != change.after),
        facts=tuple((name, _value(value)) for name, value in event.facts.items()),
    )


def render_history(
    model_admin: "ModelAdmin[Any]",
    request: HttpRequest,
    obj: Model,
    events: QuerySet[AuditEvent],
    extra_context: Mapping[str, Any] | None,
) -> TemplateResponse:
    """Return the page behind the History button."""
    paginator = BoundedPaginator(events, PER_PAGE)
    page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History: %s") % obj,
        "subtitle": None,
        "lines": [history_line(event) for event in page],
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number),
        "page_var": PAGE_VAR,
        "module_name": capfirst(str(model_admin.opts.verbose_name_plural)),
        "object": obj,
        "opts": model_admin.opts,
        **(extra_context or {}),
    }
    return TemplateResponse(request, "admin/audit/history.html", context)


def _label(kind: str, name: str) -> str:
    try:
        field = apps.get_model(_MODELS[kind])._meta.get_field(name)
    except (KeyError, FieldDoesNotExist):
        return name
    return str(getattr(field, "verbose_name", name))


def _value(value: object) -> str:
    match value:
        case None | "":
            return _NOTHING
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(_value(item) for item in value) or _NOTHING
        case dict():
            return json.dumps(value, ensure_ascii=False) if value else _NOTHING
        case _:
            return str(value)
