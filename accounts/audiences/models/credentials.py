"""The table of audience credentials."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.models.audiences import Audience


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
