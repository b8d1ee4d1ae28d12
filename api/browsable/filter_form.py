"""The form above a list: searching, filtering and ordering at once, so that none drops the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from api.browsable.words import label_of
from api.list_parameters import StrictFilterBackend, orderings

if TYPE_CHECKING:
    from api.browsable.answered import Answered

_WITH_A_LIST = frozenset({200, 400, 404})
_NOT_NARROWING = frozenset({"page", "page_size", "format"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """Its controls, and whether the list is narrowed or ordered: then it stays open."""

    fields: list[forms.BoundField]
    page_size: str
    is_used: bool


def filter_form_of(answered: Answered) -> FilterForm | None:
    """Return the form with what was asked for, also where that was refused; none where there is no list."""
    view: Any = answered.view
    is_list = getattr(view, "action", None) == "list" and answered.request.method == "GET"
    if not is_list or answered.status not in _WITH_A_LIST:
        return None
    asked = answered.request.query_params
    filterset = StrictFilterBackend().get_filterset(answered.request, view.get_queryset(), view)
    return FilterForm(
        fields=[*_SearchForm(asked), *(filterset.form if filterset else ()), *_OrderForm(asked, view)],
        page_size=asked.get("page_size", ""),
        is_used=bool(set(asked) - _NOT_NARROWING),
    )


class _SearchForm(forms.Form):
    search = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        self.fields["search"].label = _("Search")


class _OrderForm(forms.Form):
    ordering = forms.ChoiceField(required=False)

    def __init__(self, asked: Any, view: Any) -> None:
        super().__init__(asked)
        field: Any = self.fields["ordering"]
        field.label = _("Order")
        choices = {"": _("As usual")} | {each: _said(each) for each in orderings(view)}
        given = asked.get("ordering", "")
        field.choices = [*choices.items(), *([(given, given)] if given not in choices else [])]


def _said(ordering: str) -> str:
    name = ordering.removeprefix("-")
    field = label_of(name, name)
    if ordering == name:
        return _("%(field)s, ascending") % {"field": field}
    return _("%(field)s, descending") % {"field": field}
