"""simplejwt's four conventional endpoints, by the same engine; errors also in simplejwt's words."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt import views
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from typing_extensions import override

from api.exceptions import REALM, BearerRefused

_SIMPLEJWT_CODES = {"invalid_credentials": "no_active_account"}


class ConventionalView(views.TokenViewBase):
    """Adds simplejwt's ``detail`` and ``code`` to the problem document, and its fields to a 400."""

    permission_classes = (AllowAny,)  # type: ignore[assignment] # simplejwt has an empty tuple
    www_authenticate_realm = REALM

    @override
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Validate the body, which calls the service; simplejwt would rename our errors."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)

    @override
    def handle_exception(self, exc: Exception) -> Response:
        answered = BearerRefused(code=_problem_code(exc)) if isinstance(exc, TokenError) else exc
        response = super().handle_exception(answered)
        error: Any = response.data["error"]
        if isinstance(error, dict):
            response.data |= error
        elif response.status_code == 401:  # noqa: PLR2004 - simplejwt's InvalidToken and AuthenticationFailed
            code = _SIMPLEJWT_CODES.get(response.data["code"], "token_not_valid")
            response.data |= {"detail": error, "code": code}
        else:
            response.data["detail"] = error
        return response


class TokenPairAnswerSerializer(serializers.Serializer[object]):
    """simplejwt's pair."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class EmptyAnswerSerializer(serializers.Serializer[object]):
    """An empty object."""


@extend_schema_view(post=extend_schema(operation_id="token_obtain_pair", responses=TokenPairAnswerSerializer))
class TokenObtainPairView(ConventionalView, views.TokenObtainPairView):
    """Log in with e-mail and password for ``{access, refresh}``."""


@extend_schema_view(post=extend_schema(operation_id="token_refresh", responses=TokenPairAnswerSerializer))
class TokenRefreshView(ConventionalView, views.TokenRefreshView):
    """Exchange a refresh token for ``{access, refresh}``."""


@extend_schema_view(post=extend_schema(operation_id="token_verify", responses=EmptyAnswerSerializer))
class TokenVerifyView(ConventionalView, views.TokenVerifyView):
    """Tell whether an access token, or the refresh token of a live session, is accepted."""


@extend_schema_view(post=extend_schema(operation_id="token_blacklist", responses=EmptyAnswerSerializer))
class TokenBlacklistView(ConventionalView, views.TokenBlacklistView):
    """End the session of a refresh token."""


def _problem_code(exc: TokenError) -> str:
    return "token_expired" if isinstance(exc, ExpiredTokenError) else "invalid_token"
