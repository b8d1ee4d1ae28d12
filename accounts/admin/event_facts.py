"""What the page of one event shows beside its sentence: where the rows are that it names, and its seal."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.history import MODELS
from accounts.audit.canonical import EVENT_FIELDS, event_lines
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import leaves_of


class SealState(StrEnum):
    """What the seal of its range says of an event."""

    NOT_YET = "not yet"
    MATCHES = "matches"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The state, and the seal where there is one."""

    state: SealState
    seal: AuditSeal | None = None


def seal_of(event: AuditEvent) -> Sealed:
    """Return whether the event is what was sealed; that the seals are sound is for ``verify_audit_log``."""
    seal = AuditSeal.objects.filter(last_id__gte=event.pk).order_by("last_id").first()
    if seal is None or seal.first_id > event.pk:
        return Sealed(state=SealState.NOT_YET)
    [leaf] = leaves_of(event_lines(first_id=event.pk, last_id=event.pk))
    is_so = list(leaf) in [list(each) for each in seal.leaves]
    return Sealed(state=SealState.MATCHES if is_so else SealState.DIFFERS, seal=seal)


def raw_json(event: AuditEvent) -> str:
    """Return every column, as an export has it, for people who look closer."""
    row = {name: getattr(event, name) for name in EVENT_FIELDS}
    return json.dumps(row, indent=2, ensure_ascii=False, default=str)


def address_of(request: HttpRequest, *, kind: str, pk: object) -> str:
    """Return the page of a row that an event names; nothing where it is gone, or not for this reader."""
    name = _MODELS.get(kind)
    if name is None or not pk:
        return ""
    model = apps.get_model(name)
    page: Any = admin.site.get_model_admin(model)
    try:
        is_there = page.has_view_permission(request) and page.get_queryset(request).filter(pk=pk).exists()
    except (ValueError, ValidationError):
        return ""
    route = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return reverse(route, args=[pk]) if is_there else ""


_MODELS = {**MODELS, "session": "refresh_sessions.RefreshSession"}
