"""An action on one row: a page that says what will happen, then one service call, then a page of the row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise

from accounts.admin.action_forms import ActionForm
from accounts.admin.acts import Act, act_of
from accounts.admin.carried_forms import is_going_back
from accounts.admin.confirmed_changes import confirmed_change
from accounts.admin.impact.page import asks_before_saving
from accounts.admin.refusals import REFUSALS, add_refusal
from accounts.admin.stated_reasons import why_context

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One kind of change for one row; ``change_row`` calls one service, and returns the message or a page."""

    title: str | Promise
    explanation: str | Promise
    told: Callable[[Any], str | Promise]
    change_row: Callable[[Any, dict[str, Any], Act], str | Promise | HttpResponse]
    form_class: type[ActionForm]
    is_dangerous: bool
    shows_impact: bool
    #: Which page of the row comes afterwards.
    returns_to: str


@asks_before_saving
def run_row_change(
    page: "ServiceModelAdmin", request: HttpRequest, row: Any, change: RowChange
) -> HttpResponse:
    """Say what will happen, or make it happen where that was confirmed."""
    if request.method != "POST":
        return _ask(page, request, row, change, change.form_class(request=request))
    form = change.form_class(request.POST, request=request)
    if is_going_back(request) and not form.visible_fields():
        return HttpResponseRedirect(request.get_full_path())
    if is_going_back(request) or not form.is_valid():
        return _ask(page, request, row, change, form)
    try:
        done = _make(page, request, row, change, form.cleaned_data)
    except REFUSALS as refusal:
        add_refusal(form, refusal)
        return _ask(page, request, row, change, form)
    if isinstance(done, HttpResponse):
        return done
    page.message_user(request, str(done), messages.SUCCESS)
    return HttpResponseRedirect(_address(page, row, change.returns_to))


def _make(
    page: "ServiceModelAdmin", request: HttpRequest, row: Any, change: RowChange, chosen: dict[str, Any]
) -> str | Promise | HttpResponse:
    rows: QuerySet[Any] = QuerySet(page.model).filter(pk=row.pk)
    touched = page.touched_by(request, rows) if change.shows_impact else None
    with confirmed_change(request, touched, is_dangerous=change.is_dangerous):
        return change.change_row(row, chosen, act_of(request))


def _ask(
    page: "ServiceModelAdmin", request: HttpRequest, row: Any, change: RowChange, form: ActionForm
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": f"{change.title}: {row}",
        "subtitle": None,
        "act": change.title,
        "says": change.explanation,
        "told": change.told(row),
        "form": form,
        **why_context(request),
        "back": _address(page, row, change.returns_to),
        "original": row,
        "opts": page.opts,
        "media": page.media + form.media,
    }
    return TemplateResponse(request, "admin/row_action.html", context)


def _address(page: "ServiceModelAdmin", row: Any, name: str) -> str:
    kind = f"{page.opts.app_label}_{page.opts.model_name}"
    return reverse(f"{page.admin_site.name}:{kind}_{name}", args=[quote(row.pk)])
