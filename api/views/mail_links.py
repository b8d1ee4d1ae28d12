"""What goes by a link in a mail: a password reset, and another address for one's own account."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from accounts.models import User
from api.permissions import ForAudience
from api.serializers.email_change import (
    EmailChangeSerializer,
    EmailConfirmAnswerSerializer,
    EmailConfirmSerializer,
)
from api.serializers.password_links import PasswordResetConfirmSerializer, PasswordResetSerializer
from api.views.login import OpenView


class PasswordResetView(OpenView):
    """Have a link to set a password mailed; the answer is the same for every address."""

    serializer_class = PasswordResetSerializer

    @extend_schema(
        operation_id="request_password_reset",
        responses={204: OpenApiResponse(description="If there is such an account, a mail is on its way.")},
    )
    @override
    def post(self, request: Request) -> Response:
        super().post(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetConfirmView(OpenView):
    """Set a password by the token of a mail; all sessions end. The token works once."""

    serializer_class = PasswordResetConfirmSerializer

    @extend_schema(
        operation_id="reset_password",
        responses={204: OpenApiResponse(description="Set; all sessions have ended.")},
    )
    @override
    def post(self, request: Request) -> Response:
        super().post(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailChangeView(GenericAPIView[User]):
    """Another address for one's own account."""

    permission_classes = (ForAudience(),)  # type: ignore[assignment] # an instance answers itself when called
    serializer_class = EmailChangeSerializer

    @extend_schema(
        operation_id="request_email_change",
        responses={204: OpenApiResponse(description="Both addresses get a mail; nothing has changed yet.")},
    )
    def post(self, request: Request) -> Response:
        """Ask for another address; it takes effect when the old and the new one have confirmed it."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailConfirmView(OpenView):
    """Confirm another address by the token of one of the two mails; each token works once."""

    serializer_class = EmailConfirmSerializer

    @extend_schema(operation_id="confirm_email_change", responses=EmailConfirmAnswerSerializer)
    @override
    def post(self, request: Request) -> Response:
        return super().post(request)
