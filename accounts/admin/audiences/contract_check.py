"""What the rows of a contract would come to, said while somebody writes them; nothing is written."""

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.admin.audiences.contract_rows import ContractRows
from accounts.audiences.contracts import ContractRow
from accounts.audiences.models import Audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.tokens.example_claims import example_claims

if TYPE_CHECKING:
    from django.forms import BaseModelForm

    from accounts.admin.audiences.audience_admin import AudienceAdmin


def check_contract(page: "AudienceAdmin", request: HttpRequest) -> JsonResponse:
    """Validate the posted rows as saving would, and answer what is wrong with each and with the whole.

    ``audience`` in the query is the key of the audience that is changed; without it one is being added.

    :raise PermissionDenied: the person may not save the form either
    :raise Http404: there is no such audience
    """
    audience = _audience(page, request)
    formset = _formset(page, request, audience)
    wrong = [str(sentence) for sentence in formset.non_form_errors()]
    rows = {form.prefix: _row(form) for form in formset.forms if form.prefix}
    bad = [row for row in rows.values() if row["state"] == "wrong"]
    code = audience.code or request.POST.get("code", "")[:63] or "…"
    return JsonResponse(
        {
            "rows": rows,
            "contract": wrong,
            "summary": _summary(len(bad), wrong),
            "example": "" if wrong else _example(code, formset),
        }
    )


def _audience(page: "AudienceAdmin", request: HttpRequest) -> Audience:
    pk = request.GET.get("audience")
    if pk is None:
        if not page.has_add_permission(request):
            raise PermissionDenied
        return Audience()
    audience: Audience | None = page.get_object(request, pk)
    if not page.has_change_permission(request, audience):
        raise PermissionDenied
    if audience is None:
        raise Http404
    return audience


def _formset(page: "AudienceAdmin", request: HttpRequest, audience: Audience) -> ContractRows:
    saved = audience if audience.pk else None
    for formset_class, inline in page.get_formsets_with_inlines(request, saved):
        rows = inline.get_queryset(request)
        formset: object = formset_class(data=request.POST, instance=audience, queryset=rows)
        if isinstance(formset, ContractRows):
            return formset
    raise PermissionDenied


def _row(form: "BaseModelForm[Any]") -> dict[str, str]:
    """Return the state of one row, and a sentence where something is wrong or missing."""
    if form.cleaned_data.get("DELETE"):
        return {"state": "removed", "said": ""}
    if form.is_valid():
        state = "ok" if form.cleaned_data.get("path") else "empty"
        return {"state": state, "said": _("By itself this claim is right.") if state == "ok" else ""}
    errors = [error for field in form.errors.as_data().values() for error in field]
    if all(error.code == "required" for error in errors):
        return {"state": "unfinished", "said": _("Write a claim, and choose its source.")}
    said = [sentence for error in errors if error.code != "required" for sentence in error.messages]
    return {"state": "wrong", "said": " ".join(said)}


def _summary(bad: int, wrong: list[str]) -> str:
    if bad:
        said = ngettext(
            "%(count)d claim cannot stand as it is.", "%(count)d claims cannot stand as they are.", bad
        )
        return " ".join([said % {"count": bad}, *wrong])
    return " ".join(wrong) or _("The contract can stand.")


def _example(code: str, formset: ContractRows) -> str:
    rows = [
        ContractRow(path=row.path, source=CLAIM_SOURCES[row.source], required=row.required)
        for row in formset.contract()
    ]
    return json.dumps(example_claims(code, rows), indent=2, ensure_ascii=False)
