"""How audit events are shown."""

from rest_framework import serializers

from accounts.audit.models import AuditEvent


class EventActorSerializer(serializers.Serializer[AuditEvent]):
    """Who did it; without an id, it was authsite itself or somebody unknown."""

    id = serializers.UUIDField(source="actor_sub", allow_null=True, read_only=True)
    label = serializers.CharField(source="actor_label", read_only=True)  # type: ignore[assignment] # a declared field


class EventSubjectSerializer(serializers.Serializer[AuditEvent]):
    """What it was done to."""

    kind = serializers.CharField(source="subject_kind", read_only=True)
    id = serializers.CharField(source="subject_id", read_only=True)
    label = serializers.CharField(source="subject_label", read_only=True)  # type: ignore[assignment] # as above


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """One event; ``changes`` maps a field to what it was and what it became."""

    actor = EventActorSerializer(source="*", read_only=True)
    subject = EventSubjectSerializer(source="*", read_only=True)
    tenant = serializers.SerializerMethodField()
    changes = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField(), min_length=2, max_length=2), read_only=True
    )
    facts = serializers.DictField(read_only=True)

    class Meta:
        model = AuditEvent
        fields = (
            "id",
            "type",
            "at",
            "actor",
            "subject",
            "tenant",
            "ip",
            "user_agent",
            "request_id",
            "changes",
            "facts",
        )
        read_only_fields = fields

    def get_tenant(self, event: AuditEvent) -> str | None:
        """Return the code of the tenant of what it was done to."""
        return event.tenant or None
