"""The pages for what is refused or absent: inside the admin in its own frame, elsewhere those of the API."""

from http import HTTPStatus

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views import defaults

from accounts.admin.refused_pages import refused_page
from api.views import root


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    if _is_in_admin(request):
        return refused_page(request, status=HTTPStatus.FORBIDDEN)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if _is_in_admin(request):
        return refused_page(request, status=HTTPStatus.NOT_FOUND)
    return root.page_not_found(request, exception)


def _is_in_admin(request: HttpRequest) -> bool:
    """Tell whether somebody is shown the admin anyway; nobody else learns what it looks like."""
    # A refusal may come before anybody looked who asks.
    is_known = hasattr(request, "user")
    return (
        request.path_info.startswith(reverse("admin:index"))
        and is_known
        and admin.site.has_permission(request)
    )
