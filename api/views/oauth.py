"""OAuth's endpoints for services: what is this token (RFC 7662), and end its session (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from typing_extensions import override

from accounts.refresh_sessions.revocation import revoke_token
from accounts.tokens.introspection import introspect_token
from api.audience_callers import (
    AudienceAuthentication,
    AudienceCaller,
    AudienceView,
    FormAssertionAuthentication,
    IsAudience,
    caller_of,
)
from api.origins import request_origin
from api.parsers import StrictFormParser, StrictJSONParser
from api.permissions.conditions import ClaimPermission, Requirement
from api.serializers.oauth import (
    IntrospectionAnswerSerializer,
    IntrospectionSerializer,
    RevocationSerializer,
)

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

#: What RFC 6749 §5.2, §4.1.2.1 and RFC 7009 §2.2.1 call our problems; else by the class of the status.
_ERRORS = {
    "invalid_client": "invalid_client",
    "unsupported_token_type": "unsupported_token_type",
    "wrong_audience": "invalid_grant",
    "unavailable": "temporarily_unavailable",
}


class IsWhoeverHasTheToken(ClaimPermission):
    """Everybody: the token in the body decides, and whose it is."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        return True

    @override
    def requirement(self) -> Requirement:
        return {"any": [{"audience_credential": True}, {"refresh_token": True}]}


class OAuthView(AudienceView, GenericAPIView):  # type: ignore[type-arg] # the stubs know no model for a plain body
    """A form, or the same as JSON; errors are said in OAuth's words as well."""

    authentication_classes = (FormAssertionAuthentication, AudienceAuthentication)
    parser_classes = (StrictFormParser, StrictJSONParser)
    renderer_classes = (JSONRenderer,)

    @override
    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        problem: dict[str, Any] = response.data
        # RFC 6749 §5.2 wants a code where the rest of the API has a sentence or the fields.
        if isinstance(problem["error"], dict):
            problem["fields"] = problem["error"]
        server_failed = response.status_code >= 500  # noqa: PLR2004 - HTTP's classes
        problem["error"] = _ERRORS.get(
            problem["code"], "server_error" if server_failed else "invalid_request"
        )
        if response.status_code == 403:  # noqa: PLR2004 - the caller's own proof was good
            del response["WWW-Authenticate"]
        return response

    def token_of(self, request: Request) -> str:
        """Return the token that the body says.

        :raise ValidationError: there is none
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return str(serializer.validated_data["token"])


class IntrospectionView(OAuthView):
    """Tell an audience whether a token is good for it, and what it says."""

    permission_classes = (IsAudience(),)  # type: ignore[assignment] # an instance answers itself when called
    serializer_class = IntrospectionSerializer

    @extend_schema(operation_id="introspect", responses=IntrospectionAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Tell whether an access token for the audience that asks is good at this moment, and its claims.

        Everything else is `{"active": false}`: expired, stale, of an ended session, for another audience.
        """
        token = self.token_of(request)
        return Response(introspect_token(token, audience=caller_of(request).code, now=timezone.now()))


class RevocationView(OAuthView):
    """End the session of a refresh token, or of an access token for the audience that asks."""

    permission_classes = (IsWhoeverHasTheToken(),)  # type: ignore[assignment] # as above
    serializer_class = RevocationSerializer

    @extend_schema(
        operation_id="revoke",
        auth=[{"audience": []}, {}],  # type: ignore[list-item] # drf-spectacular takes requirements
        responses={200: OpenApiResponse(description="The token is good for nothing, now or already before.")},
    )
    def post(self, request: Request) -> Response:
        """End the session of a token, and with it all its tokens; 200 also for what is no token.

        A refresh token needs no more than having it; an access token is revoked by its audience alone.
        """
        caller: object = request.user
        revoke_token(
            presented=self.token_of(request),
            audience=caller.code if isinstance(caller, AudienceCaller) else None,
            origin=request_origin(request),
            now=timezone.now(),
        )
        return Response()
