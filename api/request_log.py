"""One log line per request, and the id that joins all lines and audit events of a request."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings

from accounts.services.browser_sign_in import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

logger = structlog.stdlib.get_logger(__name__)

HEADER: Final = "X-Request-ID"
#: What a proxy may call a request; anything else could forge lines, or fill them.
_ACCEPTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}", re.ASCII)


class RequestLogMiddleware:
    """Give the request an id, tell it to everybody, and write the line.

    The line says the route instead of the path, which may hold ids or tokens, and never a query string.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in a header."""
        started = time.monotonic()
        request_id = _id_of(request)
        request.request_id = request_id  # type: ignore[attr-defined] # ours; origin_of reads it
        # The thread has served others.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response[HEADER] = request_id
        logger.info(
            "request",
            method=request.method if request.method in _METHODS else "other",
            route=_route_of(request),
            status=response.status_code,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
            ip=origin_of(request).ip,
        )
        structlog.contextvars.clear_contextvars()
        return response


def bind_subject(sub: object) -> None:
    """Say in every further line of the request whose it is."""
    structlog.contextvars.bind_contextvars(sub=str(sub))


def current_request_id() -> str | None:
    """Return the id of the request that this thread answers."""
    request_id: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return request_id


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _id_of(request: HttpRequest) -> str:
    """Return the proxy's id where a known proxy stands in front; from anybody else it would be a claim."""
    given = request.headers.get(HEADER, "")
    if settings.AUTHSITE_BELIEVES_REQUEST_ID and _ACCEPTED.fullmatch(given):
        return given
    return uuid.uuid4().hex


def _route_of(request: HttpRequest) -> str | None:
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    static = f"{settings.STATIC_URL}"
    return static if request.path_info.startswith(static) else None
