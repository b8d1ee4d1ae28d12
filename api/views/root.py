"""Where to begin: the root of the API, and errors outside of any view."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from api.exceptions import PROBLEM_JSON, problem_response
from api.request_log import current_request_id

_API_PREFIXES = ("/api/", "/.well-known/")

_LINKS = {
    "login": "login",
    "refresh": "refresh",
    "logout": "logout",
    "sessions": "sessions",
    "password": "password",
    "password_reset": "password-reset",
    "email": "email-change",
    "token": "token-content",
    "user_data": "user-data",
    "me": "me",
    "users": "user-list",
    "roles": "role-list",
    "departments": "department-list",
    "tenants": "tenant-list",
    "audiences": "audience-list",
    "audit_events": "auditevent-list",
    "jwks": "jwks",
    "docs": "docs",
    "schema": "schema",
}


class RootView(APIView):
    """Links to everything that a client can begin with."""

    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """List the addresses."""
        return Response({name: reverse(route, request=request) for name, route in _LINKS.items()})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 outside of a view: a malformed host, or a form that is too large."""
    if not request.path_info.startswith(_API_PREFIXES):
        return defaults.bad_request(request, exception)
    return problem_response("invalid_request", {"non_field_errors": [_("The request is malformed.")]})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for a path that no route has: a page for people, a problem document for programs."""
    prefers_page = request.get_preferred_type([PROBLEM_JSON, "application/json", "text/html"]) == "text/html"
    if prefers_page or not request.path_info.startswith(_API_PREFIXES):
        return defaults.page_not_found(request, exception)
    return problem_response("not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 for a failure outside of a view; Django has logged it."""
    if not request.path_info.startswith(_API_PREFIXES):
        page = render_to_string("500.html", {"request_id": current_request_id()})
        return HttpResponseServerError(page)
    return problem_response("server_error")
