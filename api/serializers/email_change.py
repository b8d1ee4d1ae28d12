"""Another address for one's own account: asking for it, and confirming it by both addresses."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from typing_extensions import override

from accounts.services.email_change import confirm_email_change, request_email_change
from api.origins import request_origin, request_subject
from api.serializers.password_links import MAX_LINK_TOKEN_LENGTH
from api.serializers.strict import EmailField, StrictSerializer, StringField
from api.serializers.tokens import MAX_PASSWORD_LENGTH


class EmailChangeSerializer(StrictSerializer):
    """The new address, and the current password exactly as typed."""

    new_email = EmailField(max_length=254)
    current_password = StringField(max_length=MAX_PASSWORD_LENGTH, style={"input_type": "password"})

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        request_email_change(
            user_id=request_subject(request).id,
            origin=request_origin(request),
            now=timezone.now(),
            **attrs,
        )
        return attrs


class EmailConfirmSerializer(StrictSerializer):
    """The token of one of the two mails."""

    token = StringField(max_length=MAX_LINK_TOKEN_LENGTH)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        changed = confirm_email_change(
            token=attrs["token"], origin=request_origin(self.context["request"]), now=timezone.now()
        )
        return {"changed": changed}


class EmailConfirmAnswerSerializer(serializers.Serializer[Any]):
    """Whether the address has changed: the second of the two confirmations does it."""

    changed = serializers.BooleanField()
