"""Lists in pages: ``{count, next, previous, results}``."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from typing_extensions import override

#: No list has as many pages; SQL knows no larger offset.
_MOST_PAGES = 1_000_000_000


class PageNumberPagination(pagination.PageNumberPagination):
    """``?page=`` and ``?page_size=``, 50 unless asked for, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    last_page_strings = ()

    @override
    def get_page_size(self, request: Request) -> int:
        """Return how many rows were asked for.

        :raise ValidationError: not a number from 1 to 200; DRF would ignore it silently
        """
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        number = _number(asked)
        if not 1 <= number <= self.max_page_size:
            raise ValidationError({"page_size": [_("Write a number from 1 to %d.") % self.max_page_size]})
        return number

    @override
    def get_page_number(self, request: Request, paginator: Any) -> int:
        """Return which page was asked for; one that is not there is 404.

        :raise ValidationError: no positive number
        """
        number = _number(request.query_params.get(self.page_query_param, "1"))
        if number < 1:
            raise ValidationError({"page": [_("Write a number, from 1.")]})
        return number

    @override
    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        bounds = {"page": {"minimum": 1}, "page_size": {"minimum": 1, "maximum": self.max_page_size}}
        said = {"page": "Which page; the first is 1.", "page_size": "How many rows a page has."}
        return [
            each | {"description": said[each["name"]], "schema": {**each["schema"], **bounds[each["name"]]}}
            for each in parameters
        ]

    @override
    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page; DRF's own description knows no null."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "results": schema},
        }


def _number(text: str) -> int:
    """Return the number that ``text`` writes, or 0."""
    return min(int(text[:10]), _MOST_PAGES) if text.isascii() and text.isdigit() else 0
