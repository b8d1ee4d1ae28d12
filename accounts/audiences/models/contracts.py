"""The tables of claim contracts: their rows, and what they were in earlier versions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.claim_paths import MAX_LENGTH, validate_claim_path
from accounts.audiences.models.audiences import Audience


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


class ContractVersion(models.Model):
    """What a contract was from ``created_at`` on; ``rows`` hold ``path``, ``source`` and ``required``."""

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="contract_versions", on_delete=models.CASCADE
    )
    version = models.PositiveIntegerField(_("version"))
    created_at = models.DateTimeField(_("created at"))
    rows = models.JSONField(_("claims"))

    class Meta:
        ordering: ClassVar = ["audience", "-version"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["audience", "version"], name="contract_version_once_per_audience")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.audience.code}: {self.version}"
