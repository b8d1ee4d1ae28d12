"""What browsers may do with our answers: Content-Security-Policy by kind of page, and its sister headers.

The smallest policy per kind: what is no page may do nothing at all, and no page runs inline scripts or
styles, evaluates text or talks to another host (ADR 0023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csp.constants import NONE, SELF
from csp.middleware import CSPMiddleware, PolicyParts
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    Policy = dict[str, tuple[str, ...]]

#: Everything that is no page: JSON, tokens, scripts, styles and pictures opened by themselves.
CLOSED: Final[Policy] = {
    "default-src": (NONE,),
    "base-uri": (NONE,),
    "form-action": (NONE,),
    "frame-ancestors": (NONE,),
}
#: Our own pages: the browsable API, and signing in.
PAGE: Final[Policy] = CLOSED | {
    "script-src": (SELF,),
    "style-src": (SELF,),
    "img-src": (SELF,),
    "connect-src": (SELF,),
    "form-action": (SELF,),
}
#: Swagger UI: its style sheet holds pictures, and it sends no form.
DOCUMENTATION: Final[Policy] = PAGE | {"img-src": (SELF, "data:"), "form-action": (NONE,)}

_DOCUMENTATION_PATH = "/api/docs/"
#: What other sites may read: keys and metadata are there for everybody (RFC 7517, RFC 8414).
_PUBLIC_PATH = "/.well-known/"
_UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _UNUSED_FEATURES)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Send the policy of the kind of answer that this is."""

    @override
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the policy; none is only reported."""
        return PolicyParts() if report_only else PolicyParts(config=_policy_of(request, response))


class IsolationMiddleware:
    """Keep other sites' windows and pages away, and switch off what no page of ours uses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers; a library's weaker value for its own page does not hold."""
        response = self.get_response(request)
        is_public = request.path_info.startswith(_PUBLIC_PATH)
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
        response["Permissions-Policy"] = _PERMISSIONS_POLICY
        return response


def _policy_of(request: HttpRequest, response: HttpResponseBase) -> Policy:
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return CLOSED
    return DOCUMENTATION if request.path_info.startswith(_DOCUMENTATION_PATH) else PAGE
