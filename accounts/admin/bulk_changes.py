"""Bulk actions: a page that asks once more, then one service call per row, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.admin.action_forms import BulkForm
from accounts.admin.acts import Act, act_of
from accounts.admin.carried_forms import is_going_back
from accounts.admin.confirmed_changes import confirmed_change
from accounts.admin.long_lists import MOST_COUNTED
from accounts.admin.refusals import REFUSALS, Refused, sentences_of
from accounts.admin.stated_reasons import why_context
from accounts.explanations.impact.people import Touched

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

#: Rows named on the page that asks once more; beyond it stands how many more there are.
SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """One kind of change for many rows.

    ``change_one`` calls one service for a row with the values of the form, and tells whether the row
    was not so already.
    """

    action: str
    title: str | Promise
    explanation: str | Promise
    change_one: Callable[[Any, dict[str, Any], Act], bool]
    form_class: type[BulkForm] = BulkForm
    #: What the page says of each row: its name, or what will happen to it.
    told: Callable[[Any], object] = lambda row: row
    is_dangerous: bool = False
    #: Whose tokens it may alter, which is told first; none where it alters no token and no right.
    touches: Callable[[HttpRequest, QuerySet[Any]], Touched | None] = lambda _request, _rows: None
    shows_impact: bool = False


def run_bulk_change(
    model_admin: "ServiceModelAdmin", request: HttpRequest, queryset: QuerySet[Any], bulk: BulkChange
) -> TemplateResponse | None:
    """Ask once more, or make the change that was confirmed; none means back to the list."""
    # Its own order: two that change the same rows must not wait for each other.
    rows = list(queryset.order_by("pk")[: MOST_COUNTED + 1])
    if len(rows) > MOST_COUNTED:
        said = _("That is more than %(limit)d at once: search or filter first.") % {"limit": MOST_COUNTED}
        model_admin.message_user(request, said, messages.ERROR)
        return None
    if "confirmed" not in request.POST:
        form = bulk.form_class(request=request, initial={"expected": len(rows)})
        return _ask(model_admin, request, rows, bulk, form)
    form = bulk.form_class(request.POST, request=request)
    if form.is_valid() and form.cleaned_data["expected"] != len(rows):
        form.add_error(None, _("The selection has changed meanwhile; go back and look at it again."))
    if form.is_valid() and not is_going_back(request):
        try:
            changed = _change_all(request, queryset, rows, bulk, form.cleaned_data)
        except Refused as refused:
            for sentence in sentences_of(refused.refusal):
                form.add_error(None, _("%(row)s: %(sentence)s") % {"row": refused.row, "sentence": sentence})
        else:
            _tell(model_admin, request, bulk, changed, len(rows))
            return None
    return _ask(model_admin, request, rows, bulk, form)


def _change_all(
    request: HttpRequest, queryset: QuerySet[Any], rows: list[Any], bulk: BulkChange, chosen: dict[str, Any]
) -> int:
    changed, act = 0, act_of(request)
    with confirmed_change(request, bulk.touches(request, queryset), is_dangerous=bulk.is_dangerous):
        for row in rows:
            try:
                changed += bulk.change_one(row, chosen, act)
            except REFUSALS as refusal:
                raise Refused(row, refusal) from refusal
    return changed


def _tell(
    model_admin: "ServiceModelAdmin", request: HttpRequest, bulk: BulkChange, changed: int, selected: int
) -> None:
    said = f"{bulk.title}: "
    said += ngettext("%(count)d was changed.", "%(count)d were changed.", changed) % {"count": changed}
    if changed < selected:
        untouched = selected - changed
        said += " " + (
            ngettext("%(count)d was so already.", "%(count)d were so already.", untouched)
            % {"count": untouched}
        )
    model_admin.message_user(request, said, messages.SUCCESS if changed else messages.WARNING)


def _ask(
    model_admin: "ServiceModelAdmin", request: HttpRequest, rows: list[Any], bulk: BulkChange, form: BulkForm
) -> TemplateResponse:
    across = request.POST.get("select_across") == "1"
    context = {
        **model_admin.admin_site.each_context(request),
        "title": bulk.title,
        "subtitle": None,
        "explanation": bulk.explanation,
        "shows_impact": bulk.shows_impact,
        "form": form,
        **why_context(request),
        "media": model_admin.media + form.media,
        "rows": [bulk.told(row) for row in rows[:SHOWN]],
        "total": len(rows),
        "more": max(0, len(rows) - SHOWN),
        # Where all that match are meant, the filters of the address select them again.
        "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)[: 1 if across else None],
        "across": "1" if across else "0",
        "action": bulk.action,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/bulk_change.html", context)
