"""The tables of audiences and the rows of their claim contracts."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts import conf
from accounts.audiences.claim_paths import MAX_LENGTH, validate_claim_path
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


class ContractClaim(models.Model):
    """One row of a claim contract: which source says which claim."""

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="contract_claims", on_delete=models.CASCADE
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    path = models.CharField(_("claim"), max_length=MAX_LENGTH, validators=[validate_claim_path])
    source = models.CharField(_("source"), max_length=64)
    required = models.BooleanField(
        _("required"),
        default=True,
        help_text=_("A required claim is null where the person has no value; an optional one is left out."),
    )

    class Meta:
        verbose_name = _("claim of the contract")
        verbose_name_plural = _("claim contract")
        ordering: ClassVar = ["position", "id"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["audience", "path"], name="contract_claim_path_once_per_audience")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.path} ← {self.source}"


class AudienceCredentialQuerySet(models.QuerySet["AudienceCredential"]):
    """Questions about many credentials."""

    def live(self) -> "AudienceCredentialQuerySet":
        """Return the credentials that are accepted."""
        return self.filter(ended_at__isnull=True)


class AudienceCredential(models.Model):
    """A secret of an audience, of which only the digest is kept."""

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="credentials", on_delete=models.PROTECT
    )
    label = models.CharField(_("label"), max_length=100, help_text=_("Which server uses it."))
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = AudienceCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience credential")
        verbose_name_plural = _("audience credentials")
        ordering: ClassVar = ["audience", "-created_at"]
        default_permissions = ("add", "change", "view")

    @override
    def __str__(self) -> str:
        return f"{self.audience.code}: {self.label}"
