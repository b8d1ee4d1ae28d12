"""Login, refresh and simplejwt's conventional bodies: all hand over to the same services."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.serializers import (
    TokenBlacklistSerializer as SimplejwtTokenBlacklistSerializer,
)
from rest_framework_simplejwt.serializers import (
    TokenObtainPairSerializer as SimplejwtTokenObtainPairSerializer,
)
from rest_framework_simplejwt.serializers import TokenRefreshSerializer as SimplejwtTokenRefreshSerializer
from rest_framework_simplejwt.serializers import TokenVerifySerializer as SimplejwtTokenVerifySerializer
from typing_extensions import override

from accounts.models.codes import validate_code
from accounts.models.emails import MAX_LENGTH
from accounts.refresh_sessions.opaque_tokens import MAX_LENGTH as MAX_TOKEN_LENGTH
from accounts.refresh_sessions.services import (
    end_presented_session,
    require_live_session,
    rotate_refresh_session,
)
from accounts.refresh_sessions.session_tokens import Device, IssuedTokens
from accounts.services.attempts import count_refused_token, refused_tokens_counted
from accounts.services.login import Login, log_in
from accounts.tokens.access_token import AccessToken
from accounts.tokens.compact import MAX_BYTES
from api.origins import request_origin
from api.serializers.people import PersonSerializer
from api.serializers.strict import EmailField, StrictSerializer, StringField

MAX_PASSWORD_LENGTH = 1024


class DeviceSerializer(StrictSerializer):
    """What an app says about the device it runs on."""

    name = StringField(max_length=100, required=False, default="", allow_blank=True)
    platform = StringField(max_length=50, required=False, default="", allow_blank=True)
    token = StringField(max_length=MAX_TOKEN_LENGTH, required=False, allow_null=True, default=None)

    @override
    def to_internal_value(self, data: Any) -> Device:
        return Device(**super().to_internal_value(data))


class TokenObtainPairSerializer(SimplejwtTokenObtainPairSerializer):
    """Email and password for a pair of tokens that carry roles, department and audience.

    simplejwt would make the token from the user alone (``get_token``); ours also depends on audience,
    device and request, so ``validate`` hands over to the login service.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(write_only=True, max_length=MAX_LENGTH)
        self.fields["password"] = StringField(
            write_only=True, max_length=MAX_PASSWORD_LENGTH, style={"input_type": "password"}
        )

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        login = log_in(**attrs, origin=request_origin(self.context["request"]), now=timezone.now())
        return self.answer(login)

    def answer(self, login: Login) -> dict[str, Any]:
        """Return simplejwt's conventional pair."""
        return {"refresh": login.tokens.refresh_token, "access": login.tokens.access_token}

    @classmethod
    @override
    def get_token(cls, user: Any) -> Any:
        """Refuse: a token made from the user alone would lack its session.

        :raise TypeError: always
        """
        msg = "Call accounts.services.login.log_in: a token belongs to a refresh session."
        raise TypeError(msg)


class LoginSerializer(TokenObtainPairSerializer, StrictSerializer):
    """Credentials, the audience that the token is for, and the device."""

    audience = StringField(required=False, validators=[validate_code])
    client_id = StringField(required=False, validators=[validate_code])
    device = DeviceSerializer(required=False)

    @override
    def answer(self, login: Login) -> dict[str, Any]:
        user = login.user
        return {"user": PersonSerializer(user).data} | tokens_answer(login.tokens)


class RefreshSerializer(StrictSerializer):
    """The refresh token, and the device token beside it."""

    refresh = StringField(max_length=MAX_TOKEN_LENGTH)
    audience = StringField(required=False, validators=[validate_code])
    device = DeviceSerializer(required=False)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        device: Device | None = attrs.get("device")
        origin, now = request_origin(self.context["request"]), timezone.now()
        with refused_tokens_counted(origin=origin, now=now):
            tokens = rotate_refresh_session(
                presented=attrs["refresh"],
                audience=attrs.get("audience"),
                device_token=device.token if device else None,
                origin=origin,
                now=now,
            )
        return tokens_answer(tokens)


class TokenRefreshSerializer(SimplejwtTokenRefreshSerializer):
    """simplejwt's conventional refresh, by the same engine."""

    refresh = StringField(max_length=MAX_TOKEN_LENGTH)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        origin, now = request_origin(self.context["request"]), timezone.now()
        with refused_tokens_counted(origin=origin, now=now):
            tokens = rotate_refresh_session(
                presented=attrs["refresh"], audience=None, device_token=None, origin=origin, now=now
            )
        return {"access": tokens.access_token, "refresh": tokens.refresh_token}


class TokenVerifySerializer(SimplejwtTokenVerifySerializer):
    """simplejwt's conventional verify: an access token, or a refresh token of a live session."""

    token = StringField(max_length=MAX_BYTES, write_only=True)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[Any, Any]:
        token, origin, now = attrs["token"], request_origin(self.context["request"]), timezone.now()
        if token.count(".") == 3:  # noqa: PLR2004 - v.sid.g.MAC
            with refused_tokens_counted(origin=origin, now=now):
                require_live_session(presented=token, now=now)
            return {}
        try:
            AccessToken(token)
        except ExpiredTokenError:
            raise  # authentic: nobody guesses here
        except TokenError:
            count_refused_token(sid=None, origin=origin, now=now)
            raise
        return {}


class TokenBlacklistSerializer(SimplejwtTokenBlacklistSerializer):
    """simplejwt's conventional blacklist: ends the session of the refresh token."""

    refresh = StringField(max_length=MAX_TOKEN_LENGTH, write_only=True)

    @override
    def validate(self, attrs: dict[str, Any]) -> dict[Any, Any]:
        origin, now = request_origin(self.context["request"]), timezone.now()
        with refused_tokens_counted(origin=origin, now=now):
            require_live_session(presented=attrs["refresh"], now=now)
        end_presented_session(presented=attrs["refresh"], origin=origin, now=now)
        return {}


class TokensAnswerSerializer(serializers.Serializer[Any]):
    """What a refresh answers; lifetimes are in seconds."""

    token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()
    refresh = serializers.CharField()
    refresh_expires_in = serializers.IntegerField()
    sid = serializers.UUIDField()
    device_token = serializers.CharField()


class LoginAnswerSerializer(TokensAnswerSerializer):
    """What a login answers."""

    user = PersonSerializer()


def tokens_answer(tokens: IssuedTokens) -> dict[str, Any]:
    """Return the tokens under the names of the HTTP contract."""
    return {
        "token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh": tokens.refresh_token,
        "refresh_expires_in": tokens.refresh_expires_in,
        "sid": str(tokens.sid),
        "device_token": tokens.device_token,
    }
