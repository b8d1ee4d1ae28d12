"""What a logout may say."""

from accounts.refresh_sessions.opaque_tokens import MAX_LENGTH
from api.serializers.strict import StrictSerializer, StringField


class LogoutSerializer(StrictSerializer):
    """The refresh token of the session to end; a bearer token in the header does as well."""

    refresh = StringField(max_length=MAX_LENGTH, required=False)
