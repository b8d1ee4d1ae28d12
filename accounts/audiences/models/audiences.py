"""The table of audiences."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts import conf
from accounts.keys.algorithms import SigningAlgorithm
from accounts.models.codes import CodeField, code_format_constraint
from accounts.models.labels import validate_label

MIN_LIFETIME = timedelta(minutes=1)
MAX_LIFETIME = conf.MAX_ACCESS_LIFETIME
MIN_TOKEN_BYTES, DEFAULT_TOKEN_BYTES, MAX_TOKEN_BYTES = 512, 2048, 8192


class AudienceQuerySet(models.QuerySet["Audience"]):
    """Questions about many audiences."""

    def in_force(self) -> "AudienceQuerySet":
        """Return the audiences that tokens are issued for."""
        return self.filter(retired_at__isnull=True)


class Audience(models.Model):
    """A service that accepts tokens: what ``aud`` names (RFC 7519 §4.1.3)."""

    code = CodeField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=150, validators=[validate_label])
    access_lifetime = models.DurationField(
        _("access token lifetime"),
        default=timedelta(hours=8),
        validators=[MinValueValidator(MIN_LIFETIME), MaxValueValidator(MAX_LIFETIME)],
        help_text=_("HH:MM:SS, from one minute to 24 hours."),
    )
    max_token_bytes = models.PositiveIntegerField(
        _("token budget in bytes"),
        default=DEFAULT_TOKEN_BYTES,
        validators=[MinValueValidator(MIN_TOKEN_BYTES), MaxValueValidator(MAX_TOKEN_BYTES)],
        help_text=_("A longer token is not issued; a role list is never cut."),
    )
    signing_algorithm = models.CharField(
        _("signing algorithm"), max_length=8, choices=SigningAlgorithm.choices, default=SigningAlgorithm.ES256
    )
    is_encrypted = models.BooleanField(
        _("encrypted tokens"),
        default=False,
        help_text=_("Only whoever has the private key of the audience's encryption key can read its tokens."),
    )
    contract_version = models.PositiveIntegerField(_("contract version"), default=1, editable=False)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering: ClassVar = ["code"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [
            code_format_constraint("audience_code_format"),
            models.CheckConstraint(
                condition=Q(signing_algorithm__in=SigningAlgorithm.values), name="audience_algorithm_known"
            ),
            models.CheckConstraint(
                condition=Q(access_lifetime__gte=MIN_LIFETIME, access_lifetime__lte=MAX_LIFETIME),
                name="audience_lifetime_in_range",
            ),
            models.CheckConstraint(
                condition=Q(max_token_bytes__gte=MIN_TOKEN_BYTES, max_token_bytes__lte=MAX_TOKEN_BYTES),
                name="audience_budget_in_range",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.label} ({self.code})"
