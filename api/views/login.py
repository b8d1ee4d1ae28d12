"""Login, refresh and logout by authsite's own contract."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from typing_extensions import override

from accounts.refresh_sessions.errors import UnknownSessionError
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_own_refresh_session, end_presented_session
from api.authentication import LogoutAuthentication
from api.exceptions import REALM
from api.origins import request_origin
from api.serializers.logout import LogoutSerializer
from api.serializers.tokens import (
    LoginAnswerSerializer,
    LoginSerializer,
    RefreshSerializer,
    TokensAnswerSerializer,
)


class OpenView(GenericAPIView):  # type: ignore[type-arg] # the stubs know no model for a plain body
    """A POST that needs no token: what it is given proves who asks."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class: type[BaseSerializer]  # type: ignore[type-arg] # as above

    @override
    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF leaves a 401 a 401."""
        return f'Bearer realm="{REALM}"'

    def post(self, request: Request) -> Response:
        """Validate the body, which calls the service, and answer what it answered."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


class LoginView(OpenView):
    """Log in with e-mail and password; the token carries the claims of the audience's contract."""

    serializer_class = LoginSerializer

    @extend_schema(operation_id="login", responses=LoginAnswerSerializer)
    @override
    def post(self, request: Request) -> Response:
        return super().post(request)


class RefreshView(OpenView):
    """Exchange a refresh token for its successor and a token with fresh claims."""

    serializer_class = RefreshSerializer

    @extend_schema(operation_id="refresh", responses=TokensAnswerSerializer)
    @override
    def post(self, request: Request) -> Response:
        return super().post(request)


class LogoutView(OpenView):
    """End the session of a refresh token, or of a bearer token of any audience; idempotent."""

    serializer_class = LogoutSerializer

    @extend_schema(
        operation_id="logout", responses={204: OpenApiResponse(description="The session has ended.")}
    )
    @override
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        presented = serializer.validated_data.get("refresh")
        if presented is not None:
            end_presented_session(presented=presented, origin=request_origin(request), now=timezone.now())
        else:
            self._end_bearer_session(request)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _end_bearer_session(self, request: Request) -> None:
        authenticated = LogoutAuthentication().authenticate(request)
        if authenticated is None:
            raise NotAuthenticated
        subject, claims = authenticated
        try:
            end_own_refresh_session(
                user_id=subject.id,
                sid=UUID(claims.sid),
                reason=EndReason.LOGOUT,
                origin=request_origin(request),
                now=timezone.now(),
            )
        except UnknownSessionError:
            return  # the row is gone: logging out twice is no error
