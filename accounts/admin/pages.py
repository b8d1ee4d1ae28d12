"""The decorators of pages beside Django's own: of one row, of one model, of the site (ADR 0035)."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin.declarations import (
    Declared,
    Kind,
    Sentence,
    as_permissions,
    declare,
    declared_of,
    declared_on,
    said_by,
)

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin

View = Callable[..., HttpResponse]


def row_page(
    name: str, *, permissions: Sequence[str], reads_only: bool = False, says: Sentence | None = None
) -> Callable[[View], View]:
    """Decorate a method ``(self, request, row) -> HttpResponse`` of a ``ServiceModelAdmin``.

    It is served below the row as ``<name>/`` (a row that the person may not see is a 404); its address is
    called ``<app>_<model>_<name>``. A page that only reads answers GET; one with ``says`` POST too, and finds
    the sentence in its template as ``says``. For a change that a click confirms, take ``row_action``.

    :raise ImproperlyConfigured: at import, without permissions, and without either of the last two
    """
    declared = Declared(
        name=name,
        kind=Kind.ROW,
        permissions=as_permissions(permissions),
        reads_only=reads_only,
        says=says,
        route=f"<path:object_id>/{name}/",
    )
    return lambda view: serve_row(view, declared)


def model_page(
    name: str,
    *,
    permissions: Sequence[str],
    reads_only: bool = False,
    says: Sentence | None = None,
    is_asked_by_post: bool = False,
    below: str = "",
) -> Callable[[View], View]:
    """Decorate a method ``(self, request, **below) -> HttpResponse``, as ``row_page`` but without a row.

    ``below`` is what the address holds beyond the name, such as ``<uuid:user_id>/``.
    """
    declared = Declared(
        name=name,
        kind=Kind.MODEL,
        permissions=as_permissions(permissions),
        reads_only=reads_only,
        says=says,
        is_asked_by_post=is_asked_by_post,
        route=f"{name}/{below}",
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(page: Any, request: HttpRequest, **kept: Any) -> HttpResponse:
            declared.require_permitted(request, page)
            return _answer(request, declared, page, lambda: view(page, request, **kept))

        declare(serve, declared)
        return serve

    return decorate


def site_page(
    name: str,
    *,
    permissions: Sequence[str],
    reads_only: bool = False,
    says: Sentence | None = None,
    at: str | None = None,
) -> Callable[[View], View]:
    """Decorate a function ``(request) -> HttpResponse``, as ``model_page``; ``site.PAGES`` names it.

    It is served at ``<name>/`` unless ``at`` says another address.
    """
    declared = Declared(
        name=name,
        kind=Kind.SITE,
        permissions=as_permissions(permissions),
        reads_only=reads_only,
        says=says,
        route=at or f"{name}/",
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def serve(request: HttpRequest) -> HttpResponse:
            declared.require_permitted(request)
            return _answer(request, declared, None, lambda: view(request))

        declare(serve, declared)
        return serve

    return decorate


def serve_row(view: View, declared: Declared) -> View:
    """Return the view of an address that names a row: 403 before the row is looked for, 404 without it."""

    @wraps(view)
    def serve(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        declared.require_permitted(request, page)
        row = page.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        declared.require_permitted(request, page, row)
        return _answer(request, declared, page, lambda: view(page, request, row))

    declare(serve, declared)
    return serve


def urls_of(page: "ModelAdmin[Any]") -> list[URLPattern]:
    """Return the addresses of all that the class of ``page`` declares."""
    kind = f"{page.opts.app_label}_{page.opts.model_name}"
    return [
        path(
            declared.route,
            page.admin_site.admin_view(getattr(page, method)),
            name=f"{kind}_{_as_name(declared)}",
        )
        for method, declared in declared_on(page)
        if declared.route
    ]


def url_of(view: View, site: "AdminSite") -> URLPattern:
    """Return the address of a page of the site."""
    declared = declared_of(view)
    assert declared is not None  # noqa: S101 - a page without a declaration is a fault of ours
    return path(declared.route, site.admin_view(view), name=_as_name(declared))


def _as_name(declared: Declared) -> str:
    return declared.name.replace("-", "_")


def _answer(
    request: HttpRequest, declared: Declared, page: Any, view: Callable[[], HttpResponse]
) -> HttpResponse:
    if request.method not in declared.methods:
        return HttpResponseNotAllowed(sorted(declared.methods))
    answer = view()
    if declared.says is not None and isinstance(answer, TemplateResponse):
        answer.context_data = {"says": said_by(declared.says, page), **(answer.context_data or {})}
    return answer
