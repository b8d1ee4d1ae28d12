"""The tables of audience credentials, and of the client assertions that were used."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.models.audiences import Audience
from accounts.keys.algorithms import AssertionAlgorithm


class AudienceCredentialQuerySet(models.QuerySet["AudienceCredential"]):
    """Questions about many credentials."""

    def live(self) -> "AudienceCredentialQuerySet":
        """Return the credentials that are accepted."""
        return self.filter(ended_at__isnull=True)

    def keys_of(self, audience: str) -> "AudienceCredentialQuerySet":
        """Return the live keys of the audience in force that has this code."""
        of_audience = self.live().filter(audience__code=audience, audience__retired_at__isnull=True)
        return of_audience.filter(kid__isnull=False).select_related("audience")


class AudienceCredential(models.Model):
    """A secret of an audience, of which only the digest is kept; or a public key of its own."""

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="credentials", on_delete=models.PROTECT
    )
    label = models.CharField(_("label"), max_length=100, help_text=_("Which server uses it."))
    digest = models.CharField(  # noqa: DJ001 - unique, and a key has none
        _("digest"), max_length=64, unique=True, null=True, editable=False
    )
    #: RFC 7638 thumbprint: the key of one server, and never registered again once it was ended.
    kid = models.CharField(  # noqa: DJ001 - unique, and a secret has none
        _("kid"), max_length=43, unique=True, null=True, editable=False
    )
    algorithm = models.CharField(
        _("algorithm"), max_length=8, choices=AssertionAlgorithm.choices, blank=True, editable=False
    )
    public_jwk = models.JSONField(_("public key"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = AudienceCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience credential")
        verbose_name_plural = _("audience credentials")
        ordering: ClassVar = ["audience", "-created_at"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__isnull=False, kid__isnull=True, public_jwk__isnull=True, algorithm="")
                | Q(
                    digest__isnull=True,
                    kid__isnull=False,
                    public_jwk__isnull=False,
                    algorithm__in=AssertionAlgorithm.values,
                ),
                name="audience_credential_secret_or_key",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.audience.code}: {self.label}"

    @property
    def is_key(self) -> bool:
        """Tell whether it is a public key, and no secret."""
        return self.kid is not None


class UsedAssertion(models.Model):
    """A client assertion that was used, until long after it expired: none is used twice (RFC 7523 §3)."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return self.digest
