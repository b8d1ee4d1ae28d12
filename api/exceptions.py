"""The one place that turns what was raised into a status and a problem document (RFC 9457)."""

import logging
from collections.abc import Mapping
from math import ceil
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.audiences.errors import AudienceClosedError, UnknownAudienceError
from accounts.change_log.errors import OutdatedTokenError
from accounts.errors import AuthsiteError, NotPermittedError
from accounts.limits.errors import ThrottledError
from accounts.refresh_sessions.errors import SessionEndedError, UnknownSessionError, UnsupportedTokenTypeError
from accounts.refresh_sessions.models import EndReason
from api.problems import PROBLEMS, Problem
from api.request_log import current_request_id
from api.second_look import code_after_second_look

logger = logging.getLogger(__name__)

REALM = "authsite"
PROBLEM_JSON = "application/problem+json"

#: RFC 6750 §3.1: which refusals of a bearer token are ``invalid_token`` or ``insufficient_scope``.
_BEARER_ERRORS = {
    "invalid_token": "invalid_token",
    "token_expired": "invalid_token",
    "token_stale": "invalid_token",
    "token_outdated": "insufficient_scope",
    "access_denied": "insufficient_scope",
    "wrong_audience": "insufficient_scope",
}
_CODES_BY_STATUS = {
    401: "not_authenticated",
    403: "access_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "throttled",
}


class BearerRefused(exceptions.AuthenticationFailed):
    """A bearer token was presented and is not accepted; ``code`` names the problem."""


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of a view; what is not expected is logged and answered as 500."""
    problem, error = _problem_of(exc)
    problem = PROBLEMS[code_after_second_look(problem.code, exc, context)]
    if problem.status >= 500 and problem.code != "token_unissuable":  # noqa: PLR2004 - HTTP's classes
        logger.error("%s in %s", type(exc).__name__, type(context.get("view")).__name__, exc_info=exc)
    document = problem_document(problem, error, _detail_of(exc))
    response = Response(document, status=problem.status, headers=_headers(problem, exc))
    if _is_json(context):
        response.content_type = PROBLEM_JSON
    return response


def problem_document(problem: Problem, error: object = None, detail: str | None = None) -> dict[str, Any]:
    """Return the members of a problem document; ``error`` is the user's own member, always there.

    ``detail`` says more about this one occurrence (RFC 9457 §3.1.4).
    """
    document: dict[str, Any] = {
        "type": problem.type,
        "title": str(problem.title),
        "status": problem.status,
        "code": problem.code,
        "error": str(problem.title) if error is None else error,
    }
    if detail is not None:
        document["detail"] = detail
    if problem.action:
        document["action"] = str(problem.action)
    request_id = current_request_id()
    if problem.status >= 500 and request_id:  # noqa: PLR2004 - HTTP's classes
        # Support finds the log lines by it.
        document["request_id"] = request_id
    return document


def problem_response(code: str, error: object = None, detail: str | None = None) -> JsonResponse:
    """Answer a problem where no view of DRF does."""
    problem = PROBLEMS[code]
    document = problem_document(problem, error, detail)
    return JsonResponse(document, status=problem.status, content_type=PROBLEM_JSON)


def _detail_of(exc: Exception) -> str | None:
    """Say more about this occurrence, to whoever has proved to be concerned."""
    match exc:
        case NotPermittedError() | ThrottledError():
            return exc.sentence
        case AudienceClosedError():
            return _("This audience is not open to you: ask an administrator.")
        case UnsupportedTokenTypeError():
            return _("It is encrypted to a key that is not held here: send the signed token inside.")
        case SessionEndedError() if exc.facts.get("reason") in EndReason.values:
            return f"{capfirst(EndReason(str(exc.facts['reason'])).label)}."
        case _:
            return None


def _problem_of(exc: Exception) -> tuple[Problem, object]:
    match exc:
        case ValidationError():
            return PROBLEMS["invalid_request"], _field_errors(exc)
        case exceptions.ValidationError():
            return PROBLEMS["invalid_request"], _as_fields(exc)
        case UnknownAudienceError():
            return PROBLEMS["invalid_request"], {"audience": [_("There is no such audience.")]}
        case TooManyFieldsSent():
            return PROBLEMS["invalid_request"], {"non_field_errors": [_("The request is malformed.")]}
        case exceptions.ParseError():
            return PROBLEMS["invalid_request"], {"non_field_errors": [str(exc.detail)]}
        case _:
            return PROBLEMS[_code_of(exc)], None


def _code_of(exc: Exception) -> str:  # noqa: PLR0911 - a table of exceptions
    match exc:
        case UnknownSessionError() | Http404():
            return "not_found"
        case PermissionDenied():
            return "access_denied"
        case RequestDataTooBig():
            return "payload_too_large"
        case AuthsiteError():
            return exc.code if exc.code in PROBLEMS else "server_error"
        case exceptions.APIException():
            code = exc.get_codes()
            known = isinstance(code, str) and code in PROBLEMS
            return str(code) if known else _CODES_BY_STATUS.get(exc.status_code, "server_error")
        case OperationalError() | InterfaceError():
            return "unavailable"
        case IntegrityError():
            # The services validate first, so that only a change in between leads here.
            return "conflict"
        case _:
            return "server_error"


def _field_errors(exc: ValidationError) -> dict[str, list[str]]:
    if hasattr(exc, "error_dict"):
        return {
            "non_field_errors" if field == "__all__" else field: messages
            for field, messages in exc.message_dict.items()
        }
    return {"non_field_errors": exc.messages}


def _as_fields(exc: exceptions.ValidationError) -> object:
    if exc.get_codes() == {"non_field_errors": ["null"]}:
        # The body is null, which DRF says in English alone.
        return {"non_field_errors": [_("Send a JSON object.")]}
    return exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}


def _headers(problem: Problem, exc: Exception) -> dict[str, str]:
    headers = {}
    # An ended session is the bearer token's only where the change log said so; else it is a refresh token's.
    is_outdated = isinstance(exc, OutdatedTokenError)
    bearer_error = "invalid_token" if is_outdated else _BEARER_ERRORS.get(problem.code)
    if problem.status == 401 or bearer_error:  # noqa: PLR2004 - RFC 9110 §11.6.1
        challenge = f'Bearer realm="{REALM}"'
        headers["WWW-Authenticate"] = f'{challenge}, error="{bearer_error}"' if bearer_error else challenge
    # Our own ThrottledError has it, and DRF's; the types of the latter do not say so.
    retry_after = getattr(exc, "wait", None) or problem.retry_after
    if retry_after is not None:
        headers["Retry-After"] = str(ceil(retry_after))
    return headers


def _is_json(context: Mapping[str, Any]) -> bool:
    renderer = getattr(context.get("request"), "accepted_renderer", None)
    return renderer is None or renderer.format == "json"
