"""Resource servers that ask authsite something: who they are, by audience code and secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed
from typing_extensions import override

from accounts.audiences.credentials import verify_audience_credential
from accounts.keys.algorithms import SigningAlgorithm
from api.exceptions import REALM
from api.permissions.conditions import ClaimPermission, Requirement

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.views import APIView


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
        audience = verify_audience_credential(code=userid, secret=password)
        return AudienceCaller(audience.code, SigningAlgorithm(audience.signing_algorithm)), None


class IsAudience(ClaimPermission):
    """The caller proved to be an audience; no token does."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, AudienceCaller)

    @override
    def requirement(self) -> Requirement:
        return {"audience_credential": True}


def caller_of(request: Request) -> AudienceCaller:
    """Return the audience that asks."""
    caller: object = request.user
    assert isinstance(caller, AudienceCaller)  # noqa: S101 - IsAudience has let it in
    return caller
