"""The browsable API for people: DRF's renderer, with forms that send JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from rest_framework.renderers import BrowsableAPIRenderer
from typing_extensions import override

from api.browsable.answered import Answered
from api.browsable.filter_form import filter_form_of
from api.browsable.forms import form_of
from api.browsable.headings import crumbs_of, heading_of
from api.browsable.json_text import highlighted, json_text
from api.browsable.notices import notice_of, problem_of
from api.browsable.rows import actions_of, created_row, row_of_action, rows_of
from api.browsable.words import deletion_of, sentence_of, title_of

if TYPE_CHECKING:  # DRF's views import the renderers that the settings name
    from collections.abc import Mapping

    from rest_framework.request import Request
    from rest_framework.views import APIView

    from api.browsable.forms import MethodForm


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
        forms = [form for form in (form_of(answered, method) for method in ("POST", "PATCH")) if form]
        return {
            "view": view,
            "request": request._request,
            "user": get_user(request._request),
            "response": answered.response,
            "response_headers": dict(sorted(answered.response.items())),
            "content": "" if data is None else highlighted(json_text(data, indent=2)),
            "paginator": _shown_paginator(view),
            "filter_form": filter_form_of(answered),
            "csrf_header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
            **self._words(answered, forms),
            **_offers(answered, forms),
        }

    def _words(self, answered: Answered, forms: list[MethodForm]) -> dict[str, Any]:
        match = answered.request.resolver_match
        kind = title_of(match, self.get_name(answered.view))
        heading = heading_of(answered, kind)
        return {
            "name": heading,
            "kind": kind if answered.named_row is not None and not answered.action else "",
            "description": self.get_description(answered.view, answered.status),
            "sentence": sentence_of(match),
            "deletion": deletion_of(match),
            "breadcrumbs": crumbs_of(answered, self.get_breadcrumbs(answered.request)),
            "notice": notice_of(answered, forms),
            "problem": problem_of(answered, forms),
        }

    @override
    def get_description(self, view: APIView, status_code: int) -> str:
        """Return the view's docstring, which is in English, without its marks."""
        return str(view.get_view_description()).replace("``", "")

    @override
    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = super().get_breadcrumbs(request)
        return found


def _offers(answered: Answered, forms: list[MethodForm]) -> dict[str, Any]:
    """Return what the person can do from here."""
    return {
        "forms": forms,
        "rows": rows_of(answered),
        "created": created_row(answered),
        "back": row_of_action(answered),
        "actions": actions_of(answered),
        "may_delete": answered.may("DELETE"),
        "is_unread": answered.is_unread,
    }


def _shown_paginator(view: APIView) -> Any:
    paginator = getattr(view, "paginator", None)
    return paginator if getattr(paginator, "display_page_controls", False) else None
