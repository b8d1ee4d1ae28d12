"""Resource servers that ask authsite something: who they are, by a secret or by a key of their own."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, BasicAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ValidationError
from rest_framework.views import APIView
from typing_extensions import override

from accounts import conf
from accounts.audiences.credentials import verify_audience_credential
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.keys.algorithms import SigningAlgorithm
from accounts.tokens.client_assertions import ASSERTION_TYPE, verify_client_assertion
from api.exceptions import PROBLEM_JSON, REALM
from api.permissions.conditions import ClaimPermission, Requirement

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.response import Response

    from accounts.audiences.models import Audience

#: What a caller is asked for (RFC 7617 §2, RFC 6749 §5.2).
CHALLENGE = f'Basic realm="{REALM}", charset="UTF-8"'


@dataclass(frozen=True, slots=True)
class AudienceCaller:
    """``request.user``: an audience itself, and no person."""

    code: str
    signing_algorithm: SigningAlgorithm

    is_authenticated = True
    is_anonymous = False
    is_active = True


class AudienceAuthentication(BasicAuthentication):
    """``Authorization: Basic`` with the audience's code and one of its secrets (RFC 6749 §2.3.1)."""

    www_authenticate_realm = REALM

    @override
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed as error:  # DRF's own words for a malformed header
            raise AuthenticationFailed(code="invalid_client") from error

    @override
    def authenticate_credentials(
        self, userid: str, password: str, request: HttpRequest | None = None
    ) -> tuple[Any, None]:
        """Return the audience; whatever is wrong has one answer.

        :raise InvalidAudienceCredentialError: the code and the secret do not belong together
        """
        return _caller(verify_audience_credential(code=userid, secret=password)), None


class FormAssertionAuthentication(BaseAuthentication):
    """``client_assertion`` in the body, signed by a key of the audience (RFC 7523 §2.2)."""

    @override
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the audience; two ways at a time are one too many (RFC 6749 §2.3).

        :raise InvalidAudienceCredentialError: the assertion is not accepted
        """
        form = request.data if isinstance(request.data, Mapping) else {}
        if "client_assertion" not in form and "client_assertion_type" not in form:
            return None
        if _scheme(request) == b"basic":
            raise ValidationError({"client_assertion": [_("Prove in one way only who you are.")]})
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise InvalidAudienceCredentialError(reason="client_assertion_type")
        caller = _asserted(form.get("client_assertion"), request)
        if form.get("client_id", caller.code) != caller.code:  # RFC 7521 §4.2
            raise InvalidAudienceCredentialError(reason="client_id is another one", audience=caller.code)
        return caller, None


class BearerAssertionAuthentication(BaseAuthentication):
    """The same assertion in ``Authorization: Bearer``, for a GET: an address would tell it to every log."""

    @override
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the audience.

        :raise InvalidAudienceCredentialError: the assertion is not accepted
        """
        if _scheme(request) != b"bearer":
            return None
        _bearer, *assertion = get_authorization_header(request).split()
        if len(assertion) != 1:
            raise InvalidAudienceCredentialError(reason="malformed")
        return _asserted(assertion[0].decode("latin-1"), request), None


class IsAudience(ClaimPermission):
    """The caller proved to be an audience; no token does."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, AudienceCaller)

    @override
    def requirement(self) -> Requirement:
        return {"audience_credential": True}


class AudienceView(APIView):
    """A view for audiences: whoever is none gets ``invalid_client``, and the challenge for a secret."""

    @override
    def handle_exception(self, exc: Exception) -> Response:
        refusal = InvalidAudienceCredentialError() if isinstance(exc, NotAuthenticated) else exc
        if isinstance(refusal, InvalidAudienceCredentialError) and refusal.facts:
            # The answer is always the same: whoever sets a service up finds here what is wrong.
            logger.info("An audience credential is refused: %s", refusal.facts)
        response: Response = super().handle_exception(refusal)
        response.content_type = PROBLEM_JSON
        if response.status_code == 401:  # noqa: PLR2004 - RFC 7617 §2.1
            response["WWW-Authenticate"] = CHALLENGE
        return response


def caller_of(request: Request) -> AudienceCaller:
    """Return the audience that asks."""
    caller: object = request.user
    assert isinstance(caller, AudienceCaller)  # noqa: S101 - IsAudience has let it in
    return caller


def _scheme(request: Request) -> bytes:
    return get_authorization_header(request).split(b" ")[0].lower()


def _asserted(assertion: object, request: Request) -> AudienceCaller:
    if not isinstance(assertion, str):
        raise InvalidAudienceCredentialError(reason="no assertion")
    accepted = {conf.issuer(), conf.issuer() + request.path}
    return _caller(verify_client_assertion(assertion, accepted_audiences=accepted, now=timezone.now()))


def _caller(audience: Audience) -> AudienceCaller:
    return AudienceCaller(audience.code, SigningAlgorithm(audience.signing_algorithm))
