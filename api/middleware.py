"""What holds for every request: slashes that lose no body, answers nobody stores, forms without blanks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import is_valid_path
from django.utils.http import urlencode

Handler = Callable[[HttpRequest], HttpResponse]

_PREFIXES = ("/api/", "/.well-known/")
#: A proxy passes its client's ``Accept`` on; an empty parameter of its rule is a fault, whoever asks.
_FORWARD_AUTH = "/api/v1/forward-auth/"


class TrailingSlashMiddleware:
    """Serve a path without its final slash as if it had it; a redirect would lose a POST's body."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the slash where only that has a route."""
        path = request.path_info
        if path.startswith(_PREFIXES) and not path.endswith("/"):
            urlconf = settings.ROOT_URLCONF
            if not is_valid_path(path, urlconf) and is_valid_path(f"{path}/", urlconf):
                request.path_info += "/"
                request.path += "/"
        return self.get_response(request)


class NoStoreMiddleware:
    """Say ``Cache-Control: no-store`` on every answer of the API that says nothing else (RFC 6749 §5.1)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header."""
        response = self.get_response(request)
        if request.path_info.startswith("/api/") and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class FilterFormMiddleware:
    """Lead a browser that sent a form's empty fields to the address without them.

    For programs an empty parameter is an error: they may have meant a value.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Redirect where there is something to leave out."""
        is_listed = request.path_info.startswith("/api/v1/") and request.path_info != _FORWARD_AUTH
        if request.method == "GET" and is_listed and prefers_page(request):
            given = [(name, value) for name, values in request.GET.lists() for value in values]
            meant = [(name, value) for name, value in given if str(value).strip()]
            if meant != given:
                query = urlencode(meant)
                return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)
        return self.get_response(request)


def prefers_page(request: HttpRequest) -> bool:
    """Tell whether a person with a browser asks."""
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
