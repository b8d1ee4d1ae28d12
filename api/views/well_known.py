"""Documents at well-known places; plain views, because DRF would refuse their media types."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from accounts.keys.jwk_set import jwk_set

#: Seconds for which a verifier may keep the JWK Set.
JWK_SET_MAX_AGE = 300


def _body(_request: HttpRequest) -> bytes:
    return json.dumps(jwk_set(), separators=(",", ":")).encode()


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_body(request)).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_etag)
def jwks(request: HttpRequest) -> HttpResponse:
    """Answer the JWK Set (RFC 7517 §5), readable from any origin."""
    response = HttpResponse(_body(request), content_type="application/jwk-set+json")
    response["Cache-Control"] = f"public, max-age={JWK_SET_MAX_AGE}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Lead a password manager to the page for it (W3C, A Well-Known URL for Changing Passwords)."""
    return HttpResponseRedirect(reverse("account-password"))
