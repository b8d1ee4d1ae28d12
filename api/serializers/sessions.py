"""How refresh sessions are shown to their owner."""

from rest_framework import serializers

from accounts.refresh_sessions.models import RefreshSession


class SessionSerializer(serializers.ModelSerializer[RefreshSession]):
    """``{sid, device, platform, ip, created_at, last_used_at, expires_at, current}``."""

    device = serializers.CharField(source="device_name", read_only=True)
    ip = serializers.IPAddressField(source="last_ip", allow_null=True, read_only=True)
    expires_at = serializers.DateTimeField(source="idle_expires_at", read_only=True)
    current = serializers.SerializerMethodField()

    class Meta:
        model = RefreshSession
        fields = ("sid", "device", "platform", "ip", "created_at", "last_used_at", "expires_at", "current")
        read_only_fields = fields

    def get_current(self, session: RefreshSession) -> bool:
        """Tell whether the request's own token is of this session."""
        return bool(session.sid == self.context["current_sid"])
