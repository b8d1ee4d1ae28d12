"""The table of the keys that tokens are encrypted to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.models.audiences import Audience
from accounts.keys.algorithms import EncryptionAlgorithm


class EncryptionKeyState(models.TextChoices):
    """The life of an encryption key; a revoked one is never accepted again."""

    CURRENT = "current", _("current")
    PREVIOUS = "previous", _("previous")
    REVOKED = "revoked", _("revoked")


class EncryptionKeyQuerySet(models.QuerySet["EncryptionKey"]):
    """Questions about many encryption keys."""

    def current(self) -> "EncryptionKeyQuerySet":
        """Return the keys that tokens are encrypted to now."""
        return self.filter(state=EncryptionKeyState.CURRENT)

    def held(self) -> "EncryptionKeyQuerySet":
        """Return the keys whose private half authsite holds, and may still use."""
        return self.exclude(state=EncryptionKeyState.REVOKED).filter(sealed_private_jwk__isnull=False)


class EncryptionKey(models.Model):
    """The public key of an audience; its private half too, sealed, where authsite itself reads tokens."""

    kid = models.CharField(_("kid"), max_length=43, primary_key=True, help_text=_("RFC 7638 thumbprint"))
    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="encryption_keys", on_delete=models.PROTECT
    )
    algorithm = models.CharField(_("algorithm"), max_length=16, choices=EncryptionAlgorithm.choices)
    state = models.CharField(_("state"), max_length=8, choices=EncryptionKeyState.choices)
    public_jwk = models.JSONField(_("public key"))
    sealed_private_jwk = models.BinaryField(_("sealed private key"), null=True)
    sealed_with = models.PositiveIntegerField(_("version of the key-encryption key"), null=True)
    created_at = models.DateTimeField(_("created at"))

    objects = EncryptionKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("encryption key")
        verbose_name_plural = _("encryption keys")
        ordering: ClassVar = ["audience", "-created_at"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(algorithm__in=EncryptionAlgorithm.values), name="encryption_key_algorithm_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=EncryptionKeyState.values), name="encryption_key_state_known"
            ),
            models.CheckConstraint(
                condition=Q(sealed_private_jwk__isnull=True, sealed_with__isnull=True)
                | Q(sealed_private_jwk__isnull=False, sealed_with__isnull=False),
                name="encryption_key_sealed_with_a_version",
            ),
            models.UniqueConstraint(
                fields=["audience"],
                condition=Q(state=EncryptionKeyState.CURRENT),
                name="encryption_key_one_current_per_audience",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"

    @property
    def is_held(self) -> bool:
        """Tell whether authsite has the private half."""
        return self.sealed_private_jwk is not None

    @property
    def is_current(self) -> bool:
        """Tell whether tokens are encrypted to it now."""
        return self.state == EncryptionKeyState.CURRENT

    def as_jwk(self) -> dict[str, str]:
        """Return the public key as whoever encrypts to it wants it (RFC 7517 §4)."""
        return {**self.public_jwk, "kid": self.kid, "alg": self.algorithm, "use": "enc"}
