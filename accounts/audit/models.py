"""The table of audit events."""

from typing import ClassVar, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class Viewer(Protocol):
    """A person who reads events; the directory lies above this room."""

    @property
    def tenant_code(self) -> str | None:
        """Return the code of the person's tenant."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Questions about many events."""

    def visible_to(self, viewer: Viewer) -> "AuditEventQuerySet":
        """Return those of the viewer's tenant, or all for people without a tenant."""
        return self if viewer.tenant_code is None else self.filter(tenant=viewer.tenant_code)


class AuditEvent(models.Model):
    """One thing that happened. No foreign keys: an event outlives its actor and its subject."""

    type = models.CharField(_("type"), max_length=64)
    at = models.DateTimeField(_("at"))
    actor_sub = models.UUIDField(_("actor id"), null=True, blank=True)
    actor_label = models.CharField(_("actor"), max_length=320)
    subject_kind = models.CharField(_("subject kind"), max_length=32)
    subject_id = models.CharField(_("subject id"), max_length=64)
    subject_label = models.CharField(_("subject"), max_length=320, blank=True)
    tenant = models.CharField(_("tenant"), max_length=63, blank=True)
    ip = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=255, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    sid = models.UUIDField(_("session id (sid)"), null=True, blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar = ["-id"]
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="audit_by_subject"),
            models.Index(fields=["actor_sub", "-id"], name="audit_by_actor"),
            models.Index(fields=["type", "-id"], name="audit_by_type"),
            models.Index(fields=["tenant", "-id"], name="audit_by_tenant"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["subject_label", "-id"], name="audit_by_label"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.type} {self.subject_label or self.subject_id}"


class AuditSeal(models.Model):
    """What vouches for a range of events; docs/audit.md says how each value is computed.

    Ranges follow each other without a gap between their ids. The events of a range may be dropped after
    they were exported; its seal stays.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    events = models.PositiveIntegerField()
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    form = models.PositiveSmallIntegerField()
    events_sha256 = models.CharField(max_length=64)
    leaves = models.JSONField()
    previous_hash = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()
    hash = models.CharField(max_length=64, unique=True)
    key_version = models.PositiveIntegerField()
    mac = models.CharField(max_length=64)
    dropped_at = models.DateTimeField(null=True, blank=True)
    drop_mac = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"{self.number}: {self.first_id} to {self.last_id}"
