"""A reset by mail: asking for the link, and what it opens."""

from typing import Any, Final

from django.utils import timezone
from typing_extensions import override

from accounts.services.password_links import request_password_reset, reset_password
from api.origins import request_origin
from api.serializers.strict import EmailField, StrictSerializer, StringField
from api.serializers.tokens import MAX_PASSWORD_LENGTH

#: A token has 43 characters; what is longer is none, and is not worth hashing.
MAX_LINK_TOKEN_LENGTH: Final = 100


class PasswordResetSerializer(StrictSerializer):
    """The address of the account."""

    email = EmailField(max_length=254)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        origin = request_origin(self.context["request"])
        request_password_reset(email=attrs["email"], origin=origin, now=timezone.now())
        return attrs


class PasswordResetConfirmSerializer(StrictSerializer):
    """The token of the mail, and the new password exactly as typed."""

    token = StringField(max_length=MAX_LINK_TOKEN_LENGTH)
    new_password = StringField(max_length=MAX_PASSWORD_LENGTH, style={"input_type": "password"})

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        reset_password(**attrs, origin=request_origin(self.context["request"]), now=timezone.now())
        return attrs
