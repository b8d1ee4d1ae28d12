"""Changing one's own password."""

from typing import Any

from django.utils import timezone
from typing_extensions import override

from accounts.services.credentials import change_password
from api.origins import request_origin, request_sid, request_subject
from api.serializers.strict import StrictSerializer, StringField
from api.serializers.tokens import MAX_PASSWORD_LENGTH


class PasswordChangeSerializer(StrictSerializer):
    """The current password and the new one, both exactly as typed."""

    current_password = StringField(max_length=MAX_PASSWORD_LENGTH, style={"input_type": "password"})
    new_password = StringField(max_length=MAX_PASSWORD_LENGTH, style={"input_type": "password"})

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        change_password(
            user_id=request_subject(request).id,
            keep=request_sid(request),
            origin=request_origin(request),
            now=timezone.now(),
            **attrs,
        )
        return attrs
