"""One's own profile and password, and the user's protected example."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from accounts.audiences import own_claims
from accounts.models import User
from accounts.services.browser_sign_in import keep_browser_session
from accounts.services.users import read_active_user
from api.origins import is_from_browser_session, request_claims, request_subject
from api.permissions import ForAudience, HasRole
from api.serializers.passwords import PasswordChangeSerializer
from api.serializers.people import ProfileSerializer


class ProfileView(GenericAPIView[User]):
    """One's own profile, as the directory has it now."""

    permission_classes = (ForAudience(),)  # type: ignore[assignment] # an instance answers itself when called
    serializer_class = ProfileSerializer

    @override
    def get_object(self) -> User:
        return read_active_user(request_subject(self.request).id)

    @extend_schema(operation_id="get_profile")
    def get(self, request: Request) -> Response:
        """Show one's own profile."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(operation_id="change_profile")
    def patch(self, request: Request) -> Response:
        """Change one's own name, language or UI preferences."""
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(self.get_serializer(self.get_object()).data)


class PasswordView(GenericAPIView[User]):
    """One's own password."""

    permission_classes = (ForAudience(),)  # type: ignore[assignment] # as above
    serializer_class = PasswordChangeSerializer

    @extend_schema(
        operation_id="change_password",
        responses={204: OpenApiResponse(description="Changed; all other sessions have ended.")},
    )
    def post(self, request: Request) -> Response:
        """Change one's own password; all other sessions end."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if is_from_browser_session(request):
            keep_browser_session(request=request._request, user_id=request_subject(request).id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserDataAnswerSerializer(serializers.Serializer[object]):
    """What the protected example answers."""

    departamento = serializers.CharField(allow_null=True)
    permisos = serializers.ListField(child=serializers.CharField())


class UserDataView(APIView):
    """The user's protected example: reads the claims of the token, without a query."""

    permission_classes = (ForAudience(), HasRole("admin"))  # type: ignore[assignment] # as above

    @extend_schema(operation_id="get_user_data", responses=UserDataAnswerSerializer)
    def get(self, request: Request) -> Response:
        """Show the department and the roles that the token says; role ``admin`` only."""
        claims = request_claims(request)
        return Response(
            {
                "departamento": claims.at(own_claims.DEPARTMENT.path),
                "permisos": claims.at(own_claims.ROLES.path),
            }
        )
