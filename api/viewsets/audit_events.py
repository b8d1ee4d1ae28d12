"""Audit events: read, and nothing else."""

from accounts.audit.models import AuditEvent
from api.filters import AuditEventFilterSet
from api.serializers.audit_events import AuditEventSerializer
from api.viewsets.directory import ReadOnlyDirectoryViewSet


class AuditEventViewSet(ReadOnlyDirectoryViewSet[AuditEvent]):
    """Who did what to whom, from where and when; the newest first."""

    queryset = AuditEvent.objects.all()
    serializer_class = AuditEventSerializer
    lookup_value_converter = "int"
    filterset_class = AuditEventFilterSet
    search_fields = ("actor_label", "subject_label")
    ordering_fields = ("id",)
