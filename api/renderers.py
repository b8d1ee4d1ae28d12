"""The browsable API for people: DRF's renderer, with forms that send JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import get_user
from rest_framework.renderers import BrowsableAPIRenderer
from typing_extensions import override

from api.browsable.forms import Answered
from api.browsable.json_text import highlighted, json_text
from api.browsable.words import sentence_of, title_at, title_of

if TYPE_CHECKING:  # DRF's views import the renderers that the settings name
    from collections.abc import Mapping

    from rest_framework.request import Request
    from rest_framework.views import APIView

_METHOD_NOT_ALLOWED = 405


class PageRenderer(BrowsableAPIRenderer):
    """A page with the answer as JSON, and a form for each method that the person may use."""

    template = "api/browsable/answer.html"

    @override
    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what the templates need.

        The person is that of the browser session: DRF puts its own user, which may be nobody, in the
        place of Django's.
        """
        view, request = renderer_context["view"], renderer_context["request"]
        answered = Answered(request, view, renderer_context["response"], data)
        forms = [form for form in map(answered.form, ("POST", "PATCH")) if form]
        status = answered.response.status_code
        return {
            "view": view,
            "request": request._request,
            "user": get_user(request._request),
            "response": answered.response,
            "response_headers": dict(sorted(answered.response.items())),
            "content": "" if data is None else highlighted(json_text(data, indent=2)),
            "name": self.get_name(view),
            "description": self.get_description(view, status),
            "sentence": sentence_of(request.resolver_match),
            "breadcrumbs": self.get_breadcrumbs(request),
            "paginator": _shown_paginator(view),
            "filter_form": self.get_filter_form(data, view, request),
            "extra_actions": self.get_extra_actions(view, status),
            "csrf_header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
            "forms": forms,
            "may_delete": answered.may_delete(),
            "problem": data if answered.is_refusal and isinstance(data, dict) else None,
            "is_only_a_form": request.method == "GET" and status == _METHOD_NOT_ALLOWED and bool(forms),
        }

    @override
    def get_name(self, view: APIView) -> str:
        """Return what people call the address."""
        return title_of(view.request.resolver_match, super().get_name(view))

    @override
    def get_description(self, view: APIView, status_code: int) -> str:
        """Return the view's docstring, which is in English, without its marks."""
        return str(view.get_view_description()).replace("``", "")

    @override
    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        """Return the pages above this one, and itself, each with its address."""
        return [(title_at(urlsplit(url).path, name), url) for name, url in super().get_breadcrumbs(request)]


def _shown_paginator(view: APIView) -> Any:
    paginator = getattr(view, "paginator", None)
    return paginator if getattr(paginator, "display_page_controls", False) else None
