"""What OAuth's endpoints are asked and answer; unknown parameters are passed over (RFC 6749 §3.2)."""

from typing import Any

from rest_framework import serializers

from accounts.tokens.client_assertions import ASSERTION_TYPE
from api.serializers.strict import StringField


class TokenFormSerializer(serializers.Serializer[Any]):
    """A token, and whatever proves who asks."""

    token = StringField(help_text="The token.")
    token_type_hint = StringField(
        required=False, allow_blank=True, help_text="Not needed: each kind is told from the token itself."
    )
    client_id = StringField(required=False, help_text="The audience's code, beside an assertion.")
    client_assertion_type = StringField(required=False, help_text=f"`{ASSERTION_TYPE}`")
    client_assertion = StringField(
        required=False, help_text="A JWT that a key of the audience signed, instead of HTTP Basic (RFC 7523)."
    )


class IntrospectionSerializer(TokenFormSerializer):
    """The access token to look at (RFC 7662 §2.1)."""


class RevocationSerializer(TokenFormSerializer):
    """The refresh or access token whose session is to end (RFC 7009 §2.1)."""


class IntrospectionAnswerSerializer(serializers.Serializer[Any]):
    """``{"active": false}``, or the claims: these, and those of the audience's contract (RFC 7662 §2.2)."""

    active = serializers.BooleanField()
    token_type = serializers.CharField(required=False, help_text="`Bearer`")
    iss = serializers.CharField(required=False)
    sub = serializers.UUIDField(required=False)
    aud = serializers.CharField(required=False)
    client_id = serializers.CharField(required=False)
    exp = serializers.IntegerField(required=False)
    iat = serializers.IntegerField(required=False)
    jti = serializers.CharField(required=False)
    sid = serializers.UUIDField(required=False)
    epoch = serializers.IntegerField(required=False)
