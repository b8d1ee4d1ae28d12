"""The problem documents of the description: one response per status, with every code of it (RFC 9457)."""

from collections import defaultdict
from typing import Any

from django.utils import translation

from api.exceptions import problem_document
from api.problems import PROBLEMS, Action, Problem

_FIELD_ERRORS = {
    "type": "object",
    "description": "Each field with its sentences.",
    "additionalProperties": {},
}
_SCHEMA = {
    "type": "object",
    "description": "What went wrong, and what a client can do next (RFC 9457).",
    "required": ["type", "title", "status", "code", "error"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The kind of problem."},
        "title": {"type": "string", "description": "A sentence for people, in their language."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs; simplejwt's own under /api/token/."},
        "error": {
            "description": "A sentence, or each field of the request with its sentences.",
            "oneOf": [{"type": "string"}, _FIELD_ERRORS],
        },
        "fields": {
            **_FIELD_ERRORS,
            "description": "Under /api/v1/oauth/, where `error` is a code of OAuth: the fields.",
        },
        "detail": {"type": "string", "description": "More about this occurrence."},
        "action": {
            "type": "string",
            "enum": [str(action) for action in Action],
            "description": "What the client's code does next.",
        },
        "request_id": {"type": "string", "description": "At a fault of the server: what support asks for."},
    },
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_CHALLENGE = {"description": "RFC 6750 §3.", "schema": {"type": "string"}}


def add_problems(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the problem document and its responses to the description (a hook of drf-spectacular)."""
    by_status: dict[int, list[Problem]] = defaultdict(list)
    for problem in PROBLEMS.values():
        by_status[problem.status].append(problem)
    components = result["components"]
    components["schemas"]["Problem"] = _SCHEMA
    with translation.override("en"):
        components["responses"] = {
            f"Problem{status}": _response(problems) for status, problems in sorted(by_status.items())
        }
    return result


def _response(problems: list[Problem]) -> dict[str, Any]:
    said = sorted({str(problem.title) for problem in problems})
    response: dict[str, Any] = {
        "description": "; ".join(said),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {problem.code: {"value": _example(problem)} for problem in problems},
            }
        },
    }
    headers: dict[str, Any] = {}
    if problems[0].status in {401, 403}:
        headers["WWW-Authenticate"] = _CHALLENGE
    if any(problem.action is Action.WAIT for problem in problems):
        headers["Retry-After"] = _RETRY_AFTER
    return response | ({"headers": headers} if headers else {})


def _example(problem: Problem) -> dict[str, Any]:
    error = {"email": ["This field is required."]} if problem.code == "invalid_request" else None
    return problem_document(problem, error)
