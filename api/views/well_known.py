"""Documents at well-known places; plain views, because DRF would refuse their media types."""

import hashlib
import json
import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import conf
from accounts.audiences.contracts import read_contract
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.keys.jwk_set import jwk_set
from accounts.tokens.claims_schema import claims_schema
from api.exceptions import problem_response
from api.server_metadata import server_metadata

logger = logging.getLogger(__name__)

#: Seconds for which the metadata and the schemas of claims may be kept.
MAX_AGE = 300


@require_safe
def jwks(request: HttpRequest) -> HttpResponseBase:
    """Answer the JWK Set (RFC 7517 §5), readable from any origin."""
    kept = int(conf.jwk_set_max_age().total_seconds())
    return _published(request, jwk_set(), "application/jwk-set+json", max_age=kept)


@require_safe
def metadata(request: HttpRequest) -> HttpResponseBase:
    """Answer what authsite offers (RFC 8414 §3), readable from any origin; under OpenID's name, too."""
    return _published(request, server_metadata(), "application/json")


@require_safe
def claims(request: HttpRequest, audience: str) -> HttpResponseBase:
    """Answer the JSON Schema of what an audience's tokens hold, readable from any origin. One query.

    :raise Http404: no audience in force has this code
    """
    try:
        schema = claims_schema(read_contract(audience))
    except UnknownAudienceError as error:
        raise Http404 from error
    except ClaimSourceError as error:
        logger.exception("No schema of the claims for audience %s: %s", audience, error.facts)
        said = _("The claim contract of this audience names a source that is not registered here.")
        return problem_response("server_error", detail=said)
    return _published(request, schema, "application/schema+json")


@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Lead a password manager to the page for it (W3C, A Well-Known URL for Changing Passwords)."""
    return HttpResponseRedirect(reverse("account-password"))


def _published(
    request: HttpRequest, document: object, media_type: str, *, max_age: int = MAX_AGE
) -> HttpResponseBase:
    """Answer ``document``, or 304 to whoever has it; a 304 carries the headers, too (RFC 9110 §15.4.5)."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type=media_type)
    answer["ETag"], answer["Cache-Control"] = etag, f"public, max-age={max_age}"
    response: HttpResponseBase = get_conditional_response(request, etag=etag, response=answer) or answer
    response["Access-Control-Allow-Origin"] = "*"
    return response
