"""The catalogue of problems (RFC 9457): code, status, what a client may do, and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(StrEnum):
    """What a client's code does next."""

    REFRESH = "refresh"
    LOGIN = "login"
    WAIT = "wait"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem; ``title`` is also its ``error``, except for invalid requests.

    ``retry_after`` is in seconds.
    """

    code: str
    status: int
    title: Promise
    action: Action | None = None
    retry_after: int | None = None

    @property
    def type(self) -> str:
        """Return the URI that names the kind of problem (RFC 9457 §3.1.1)."""
        return f"urn:authsite:problem:{self.code}"


_BAD_REQUEST = _("Invalid request")
_SERVER_ERROR = _("Server error")
_LOG_IN_AGAIN = _("The session has ended; log in again")

_ALL = (
    Problem("invalid_request", 400, _BAD_REQUEST),
    Problem(
        "invalid_link", 400, _("This link is not valid, or not any more; ask for a new one"), Action.GIVE_UP
    ),
    Problem("unsupported_token_type", 400, _("This kind of token cannot be revoked here"), Action.GIVE_UP),
    Problem("invalid_credentials", 401, _("Invalid credentials")),
    Problem("not_authenticated", 401, _("The access token is missing"), Action.LOGIN),
    Problem("invalid_client", 401, _("Invalid audience credential"), Action.GIVE_UP),
    Problem("invalid_token", 401, _("Invalid token"), Action.REFRESH),
    Problem("token_stale", 401, _("The token says something that was taken away"), Action.REFRESH),
    Problem("token_expired", 401, _("The token has expired"), Action.REFRESH),
    Problem("invalid_grant", 401, _("Invalid refresh token"), Action.LOGIN),
    Problem("session_ended", 401, _LOG_IN_AGAIN, Action.LOGIN),
    Problem("session_expired", 401, _LOG_IN_AGAIN, Action.LOGIN),
    Problem("reuse_detected", 401, _LOG_IN_AGAIN, Action.LOGIN),
    Problem("access_denied", 403, _("Access not authorised"), Action.GIVE_UP),
    Problem("token_outdated", 403, _("Access not authorised"), Action.REFRESH),
    Problem("not_permitted", 403, _("Access not authorised"), Action.GIVE_UP),
    Problem("wrong_audience", 403, _("Token not valid for this audience"), Action.GIVE_UP),
    Problem("audience_closed", 403, _("Access not authorised"), Action.GIVE_UP),
    Problem("csrf_failed", 403, _("CSRF verification failed; reload the page"), Action.GIVE_UP),
    Problem("not_found", 404, _("Not found"), Action.GIVE_UP),
    Problem("method_not_allowed", 405, _("Method not allowed"), Action.GIVE_UP),
    Problem("not_acceptable", 406, _("No such response format"), Action.GIVE_UP),
    Problem(
        "conflict", 409, _("Somebody else has just changed this. Look at it again, then repeat your change.")
    ),
    Problem("cursor_expired", 410, _("The change log no longer knows this position; start again without it")),
    Problem("payload_too_large", 413, _("The body of the request is too large"), Action.GIVE_UP),
    Problem("unsupported_media_type", 415, _("Send JSON in UTF-8 (application/json)"), Action.GIVE_UP),
    Problem("throttled", 429, _("Too many requests; wait"), Action.WAIT),
    Problem("server_error", 500, _SERVER_ERROR),
    Problem("token_unissuable", 500, _SERVER_ERROR, Action.WAIT, retry_after=60),
    Problem("unavailable", 503, _("Service unavailable for now"), Action.WAIT, retry_after=1),
)

#: Every problem by its code.
PROBLEMS: dict[str, Problem] = {problem.code: problem for problem in _ALL}
