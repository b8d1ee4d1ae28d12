"""The table of signing keys."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.keys.algorithms import SigningAlgorithm


class KeyState(models.TextChoices):
    """The life of a signing key (design.md §2)."""

    NEXT = "next", _("next")
    CURRENT = "current", _("current")
    PREVIOUS = "previous", _("previous")
    REVOKED = "revoked", _("revoked")


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    """Questions about many signing keys."""

    def usable(self) -> "SigningKeyQuerySet":
        """Return the keys that verify tokens and stand in the JWK Set."""
        return self.exclude(state=KeyState.REVOKED)


class SigningKey(models.Model):
    """A key pair: the public half as a JWK, the private half sealed (see ``sealing``)."""

    kid = models.CharField(_("kid"), max_length=43, primary_key=True, help_text=_("RFC 7638 thumbprint"))
    algorithm = models.CharField(_("algorithm"), max_length=8, choices=SigningAlgorithm.choices)
    state = models.CharField(_("state"), max_length=8, choices=KeyState.choices)
    public_jwk = models.JSONField(_("public key"))
    sealed_private_jwk = models.BinaryField(_("sealed private key"))
    sealed_with = models.PositiveIntegerField(_("version of the key-encryption key"))
    created_at = models.DateTimeField(_("created at"))

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(algorithm__in=SigningAlgorithm.values), name="signing_key_algorithm_known"
            ),
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="signing_key_state_known"),
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=Q(state=KeyState.CURRENT),
                name="signing_key_one_current_per_algorithm",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"
