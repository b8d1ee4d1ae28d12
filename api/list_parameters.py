"""Searching, filtering and ordering lists; a mistaken parameter is an error and not the whole list."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from typing_extensions import override

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS = 200, 10

#: What lists understand beside their own filters.
_ALWAYS = frozenset({"page", "page_size", "search", "ordering", "format"})
_SHOWN_MISTAKES = 10


class StrictFilterBackend(DjangoFilterBackend):
    """Refuses parameters that no filter knows, that are empty, or that come twice."""

    @override
    def filter_queryset(  # type: ignore[override] # DRF passes its own request
        self, request: Request, queryset: QuerySet[Any], view: "APIView"
    ) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        known = _ALWAYS | set(filterset_class.base_filters if filterset_class else ())
        mistakes = _mistakes(request.query_params, known)
        if mistakes:
            filterset = self.get_filterset(request, queryset, view)
            raise ValidationError({**(filterset.errors if filterset else {}), **mistakes})
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class BoundedSearchFilter(SearchFilter):
    """Refuses long searches: each word is a condition for each field, and SQLite refuses 1,000 of them."""

    @override
    def get_search_terms(self, request: Request) -> list[str]:
        try:
            terms: list[str] = list(super().get_search_terms(request))
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from error
        if len(request.query_params.get(self.search_param, "")) > MAX_SEARCH_LENGTH:
            said = _("Search for at most %(limit)d characters.") % {"limit": MAX_SEARCH_LENGTH}
        elif len(terms) > MAX_SEARCH_WORDS:
            said = _("Search for at most %(limit)d words.") % {"limit": MAX_SEARCH_WORDS}
        else:
            return terms
        raise ValidationError({self.search_param: [said]})

    @override
    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        searched = " or ".join(f"`{name}`" for name in getattr(view, "search_fields", ()))
        schema = {"type": "string", "minLength": 1, "maxLength": MAX_SEARCH_LENGTH}
        said = f"Words that {searched} must contain; {MAX_SEARCH_WORDS} at most."
        return [_described(self.search_param, schema, said)]


class StrictOrderingFilter(OrderingFilter):
    """Refuses to order by what a list does not offer."""

    @override
    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: "APIView", request: Request
    ) -> list[str]:
        valid = [name for name, _label in self.get_valid_fields(queryset, view, {"request": request})]
        for field in fields:
            if field.removeprefix("-") not in valid:
                raise ValidationError({"ordering": [_("Order by one of: %s.") % ", ".join(valid)]})
        return list(fields)

    @override
    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        schema = {"type": "string", "enum": orderings(view)}
        said = "What to order by; `-` for descending. Several may be given, joined by commas."
        return [_described(self.ordering_param, schema, said)]


def read_flag(request: Request, name: str) -> bool:
    """Return the one parameter that a request understands: true, or false where it is left out.

    :raise ValidationError: another parameter, or another value: a typing error must not decide
    """
    mistakes = _mistakes(request.query_params, {name, "format"})
    written = request.query_params.get(name, "false")
    if not mistakes and written not in {"true", "false"}:
        mistakes = {name: [_("Write true or false.")]}
    if mistakes:
        raise ValidationError(mistakes)
    return written == "true"


def orderings(view: "APIView") -> list[str]:
    """Return what a list may be ordered by, ascending and descending."""
    return [f"{sign}{name}" for name in getattr(view, "ordering_fields", ()) for sign in ("", "-")]


def _mistakes(parameters: QueryDict, known: Collection[str]) -> dict[str, list[str]]:
    mistakes = {
        name[:64]: [mistake]
        for name, values in sorted(parameters.lists())
        if (mistake := _mistake(name, values, known))
    }
    return dict(list(mistakes.items())[:_SHOWN_MISTAKES])


def _mistake(name: str, values: list[Any], known: Collection[str]) -> str:
    if name not in known:
        return _("There is no such parameter.")
    if len(values) > 1:
        return _("Give this parameter once only.")
    # Taken for absent, it would show the whole list to whoever filters by a variable that is empty.
    return "" if str(values[0]).strip() else _("Give this parameter a value, or leave it out.")


def _described(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
