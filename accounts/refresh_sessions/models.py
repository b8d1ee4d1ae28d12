"""The table of refresh sessions."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.models import Audience
from accounts.models import User
from accounts.models.codes import CodeField


class EndReason(models.TextChoices):
    """Why a session ended."""

    LOGOUT = "logout", _("logged out")
    ENDED_BY_SUBJECT = "ended_by_subject", _("ended from the device list")
    ENDED_BY_ADMINISTRATOR = "ended_by_administrator", _("ended by an administrator")
    REUSE = "reuse", _("a refresh token was used again")
    PASSWORD_CHANGED = "password_changed", _("the password was changed")
    PASSWORD_SET = "password_set", _("the password was set by an operator")
    PASSWORD_RESET = "password_reset", _("the password was reset by a link in a mail")
    DEACTIVATED = "deactivated", _("the account was deactivated")
    TENANT_RETIRED = "tenant_retired", _("the tenant was retired")


class RefreshSessionQuerySet(models.QuerySet["RefreshSession"]):
    """Questions about many sessions."""

    def live(self, *, at: datetime) -> "RefreshSessionQuerySet":
        """Return the sessions that can still be refreshed at ``at``."""
        return self.filter(ended_at__isnull=True, expires_at__gt=at, idle_expires_at__gt=at)

    def dead(self, *, since: datetime) -> "tuple[RefreshSessionQuerySet, RefreshSessionQuerySet]":
        """Return those that were ended before ``since``, and those that expired: one index each."""
        ended = self.filter(ended_at__lt=since).order_by("ended_at")
        return ended, self.filter(idle_expires_at__lt=since).order_by("idle_expires_at")

    def with_subject(self) -> "RefreshSessionQuerySet":
        """Read the user, department and tenant in the same query."""
        return self.select_related("user__department", "user__tenant")

    def visible_to(self, viewer: User) -> "RefreshSessionQuerySet":
        """Return those of the people whom ``viewer`` sees."""
        return self if viewer.tenant_id is None else self.filter(user__tenant=viewer.tenant_id)


class RefreshSession(models.Model):
    """One login on one device. No token is stored: the row only knows how often it was refreshed."""

    sid = models.UUIDField(_("session"), primary_key=True, default=uuid.uuid4, editable=False)
    # Indexes below begin with each of the two: one more of their own would only be written by every login.
    user = models.ForeignKey(
        User,
        verbose_name=_("user"),
        related_name="refresh_sessions",
        on_delete=models.CASCADE,
        db_index=False,
    )
    audience = models.ForeignKey(
        Audience,
        verbose_name=_("audience"),
        to_field="code",
        related_name="+",
        on_delete=models.PROTECT,
        db_index=False,
    )
    client_id = CodeField(_("client"))
    generation = models.PositiveBigIntegerField(_("generation"), default=1)
    secret_version = models.PositiveIntegerField(_("secret version"))
    rotated_at = models.DateTimeField(_("last step"))
    late_retry_generation = models.PositiveBigIntegerField(
        _("late retry at generation"), null=True, blank=True
    )
    device_id = models.UUIDField(_("device"), default=uuid.uuid4)
    device_name = models.CharField(_("device name"), max_length=100, blank=True)
    platform = models.CharField(_("platform"), max_length=50, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=255, blank=True)
    login_ip = models.GenericIPAddressField(_("address of the login"), null=True, blank=True)
    last_ip = models.GenericIPAddressField(_("last address"), null=True, blank=True)
    auth_time = models.DateTimeField(_("authenticated at"))
    auth_methods = models.JSONField(_("authentication methods"), default=list)
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(_("last used at"))
    idle_expires_at = models.DateTimeField(_("expires when idle at"))
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("end reason"), max_length=32, choices=EndReason.choices, blank=True)

    objects = RefreshSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["-last_used_at"]
        default_permissions = ("change", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="refresh_session_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(idle_expires_at__lte=F("expires_at")), name="refresh_session_idle_within_absolute"
            ),
            models.CheckConstraint(
                condition=Q(generation__gte=1), name="refresh_session_generation_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "ended_at", "-last_used_at"], name="session_by_user"),
            # "-sid" makes an order whole, as lists ask for it.
            models.Index(fields=["-last_used_at", "-sid"], name="session_by_use"),
            models.Index(
                fields=["-last_used_at", "-sid"], name="session_not_ended", condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                fields=["audience", "-last_used_at", "-sid"],
                name="session_by_audience",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["expires_at"], name="session_by_expiry"),
            models.Index(fields=["idle_expires_at"], name="session_by_idle_expiry"),
            # Only of what has ended: a login and a refresh write nothing to these.
            models.Index(fields=["ended_at"], name="session_by_end", condition=Q(ended_at__isnull=False)),
            models.Index(
                fields=["-last_used_at", "-sid"], name="session_ended", condition=Q(ended_at__isnull=False)
            ),
            models.Index(
                fields=["end_reason", "-last_used_at", "-sid"],
                name="session_by_end_reason",
                condition=~Q(end_reason=""),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.device_name or self.user_agent or self.client_id} ({self.sid})"

    def is_expired(self, *, at: datetime) -> bool:
        """Tell whether the session was idle too long or reached its absolute lifetime at ``at``."""
        return self.idle_expires_at <= at or self.expires_at <= at
