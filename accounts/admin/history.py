"""Audit events as the admin shows them: who, when, why, what changed from what to what, from where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.event_sentences import sentence_of, tone_of
from accounts.admin.event_values import in_words
from accounts.admin.event_words import words_of
from accounts.admin.long_lists import BoundedPaginator
from accounts.audit.models import AuditEvent, AuditEventQuerySet
from accounts.audit.services import WHY

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

PER_PAGE = 50
_NOTHING = "—"

#: By what audit events call a row: its model.
MODELS: Final[Mapping[str, str]] = {
    "user": "accounts.User",
    "role": "accounts.Role",
    "department": "accounts.Department",
    "tenant": "accounts.Tenant",
    "audience": "audiences.Audience",
    "signing_key": "keys.SigningKey",
}
#: What else belongs to an event, in words; a fact without any is shown under its own name.
_FACT_WORDS: Final[Mapping[str, Promise]] = {
    "role": _("role"),
    "reason": _("why it ended"),
    "state": _("state"),
    "sid": _("session"),
    "sids": _("sessions"),
    "device": _("device"),
    "platform": _("platform"),
    "audience": _("audience"),
    "client_id": _("client"),
    "version": _("version"),
    "algorithm": _("algorithm"),
    "kid": _("kid"),
    "label": _("label"),
    "credential": _("credential"),
    "held": _("private key is here"),
    "instead_of": _("instead of"),
    "published_at": _("published at"),
    "new_email": _("new address"),
    "permissions": _("permissions"),
    "claims": _("claim contract"),
    "open_to_roles": _("open to roles"),
    "open_to_departments": _("open to departments"),
    "open_to_tenants": _("open to tenants"),
    "generation": _("generation"),
    "limit": _("limit"),
    "limits": _("limits"),
    "size": _("attempts"),
    "until": _("until"),
    "network": _("network"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One field's change, for people; of a list, what was taken out and what was put in."""

    label: str
    before: str
    after: str
    is_list: bool = False
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Tell whether there was nothing before."""
        return self.before == _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event, for people."""

    event: AuditEvent
    words: str
    #: Who did what to whom.
    sentence: SafeString
    #: The class of its badge.
    tone: str
    why: str
    changes: tuple[ChangeLine, ...]
    facts: tuple[tuple[str, str], ...]


def events_about(*, kind: str, pk: object) -> AuditEventQuerySet:
    """Return the events about one row, most recent first."""
    return AuditEvent.objects.filter(subject_kind=kind, subject_id=str(pk)).order_by("-id")


def history_line(event: AuditEvent) -> HistoryLine:
    """Return ``event`` with labels for its type, its fields and its values."""
    changes = tuple(
        _change(_label(event.subject_kind, name), before, after)
        for name, (before, after) in event.changes.items()
    )
    return HistoryLine(
        event=event,
        words=words_of(event.type),
        sentence=sentence_of(event),
        tone=tone_of(event.type),
        why=str(event.facts.get(WHY, "")),
        # What was created empty says nothing.
        changes=tuple(change for change in changes if change.before != change.after),
        facts=tuple(
            (str(_FACT_WORDS.get(name, name)), _value(in_words(name, value)))
            for name, value in event.facts.items()
            if name != WHY
        ),
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
        "title": _now_("History: %s") % obj,
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


def _change(label: str, before: object, after: object) -> ChangeLine:
    said = (_value(before), _value(after))
    if not isinstance(before or [], list) or not isinstance(after or [], list):
        return ChangeLine(label=label, before=said[0], after=said[1])
    old, new = ([_value(item) for item in items] for items in (_items(before), _items(after)))
    removed = tuple(item for item in old if item not in new)
    added = tuple(item for item in new if item not in old)
    # A list in another order has neither.
    is_list = bool(removed or added) and (isinstance(before, list) or isinstance(after, list))
    return ChangeLine(
        label=label, before=said[0], after=said[1], is_list=is_list, removed=removed, added=added
    )


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _label(kind: str, name: str) -> str:
    try:
        field = apps.get_model(MODELS[kind])._meta.get_field(name)
    except (KeyError, FieldDoesNotExist):
        return str(_FACT_WORDS.get(name, name))
    return str(getattr(field, "verbose_name", name))


def _value(value: object) -> str:
    match value:
        case None | "":
            return _NOTHING
        case bool():
            return _now_("yes") if value else _now_("no")
        case list():
            return ", ".join(_value(item) for item in value) or _NOTHING
        case dict():
            return json.dumps(value, ensure_ascii=False) if value else _NOTHING
        case _:
            return str(value)
