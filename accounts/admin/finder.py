"""The page behind the search box in the top bar: rows of every kind that its reader may open."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.admin.listed_admin import MAX_SEARCH_WORDS

#: What is looked through, in the order of the answer.
_MODELS = (
    "accounts.User",
    "accounts.Role",
    "accounts.Department",
    "accounts.Tenant",
    "audiences.Audience",
    "refresh_sessions.RefreshSession",
    "keys.SigningKey",
)
SHOWN = 6
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first rows of one kind; ``all_url`` is the list with the same search."""

    title: str
    rows: tuple[tuple[str, Model], ...]
    has_more: bool
    all_url: str


def find_page(request: HttpRequest) -> HttpResponse:
    """Answer what was typed with rows by kind."""
    kinds = [pages for pages in _all_pages() if pages.has_view_permission(request)]
    if not kinds:
        raise PermissionDenied
    asked = request.GET.get("q", "").strip()[:MAX_LENGTH]
    if len(asked.split()) > MAX_SEARCH_WORDS:
        kinds = kinds[:1]  # which finds nothing, and says why: once
    found = [_found(request, pages, asked) for pages in kinds] if asked else []
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "asked": asked,
        "finder_asked": asked,
        "found": [each for each in found if each.rows],
    }
    return TemplateResponse(request, "admin/find.html", context)


def _all_pages() -> "list[admin.ModelAdmin[Any]]":
    return [admin.site.get_model_admin(apps.get_model(name)) for name in _MODELS]


def _found(request: HttpRequest, pages: "admin.ModelAdmin[Any]", asked: str) -> Found:
    matching, _duplicates = pages.get_search_results(request, pages.get_queryset(request), asked)
    rows: list[Model] = list(matching.order_by(*pages.get_ordering(request))[: SHOWN + 1])
    route = f"admin:{pages.opts.app_label}_{pages.opts.model_name}"
    return Found(
        title=capfirst(str(pages.opts.verbose_name_plural)),
        rows=tuple((reverse(f"{route}_change", args=[row.pk]), row) for row in rows[:SHOWN]),
        has_more=len(rows) > SHOWN,
        all_url=reverse(f"{route}_changelist"),
    )
