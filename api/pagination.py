"""Lists in pages: ``{count, next, previous, results}``."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from typing_extensions import override


class PageNumberPagination(pagination.PageNumberPagination):
    """``?page=`` and ``?page_size=``, 50 unless asked for, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    @override
    def get_page_size(self, request: Request) -> int:
        """Return how many rows were asked for.

        :raise ValidationError: no positive number; DRF would ignore it silently
        """
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and int(asked[:9]) > 0):
            raise ValidationError({"page_size": [_("Write a number from 1 to %d.") % self.max_page_size]})
        return min(int(asked[:9]), self.max_page_size)

    @override
    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page; DRF's own description knows no null."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "results": schema},
        }
