"""The table of signing keys."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts import conf
from accounts.keys.algorithms import SigningAlgorithm


class KeyState(models.TextChoices):
    """The life of a signing key (design.md §2)."""

    NEXT = "next", _("next")
    CURRENT = "current", _("current")
    PREVIOUS = "previous", _("previous")
    REVOKED = "revoked", _("revoked")


#: The clocks of two hosts: one that signs may be ahead, another that drops the key may be behind.
CLOCKS_APART = timedelta(seconds=60)


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    """Questions about many signing keys."""

    def usable(self) -> "SigningKeyQuerySet":
        """Return the keys that verify tokens and stand in the JWK Set."""
        return self.exclude(state=KeyState.REVOKED)

    def current(self) -> "SigningKeyQuerySet":
        """Return the keys that sign: at most one of each algorithm."""
        return self.filter(state=KeyState.CURRENT)

    def next_in_line(self) -> "SigningKeyQuerySet":
        """Return the keys that may sign one day, the longest published first."""
        return self.filter(state=KeyState.NEXT).order_by("published_at", "kid")


class SigningKey(models.Model):
    """A key pair: the public half as a JWK, the private half sealed (see ``sealing``)."""

    kid = models.CharField(_("kid"), max_length=43, primary_key=True, help_text=_("RFC 7638 thumbprint"))
    algorithm = models.CharField(_("algorithm"), max_length=8, choices=SigningAlgorithm.choices)
    state = models.CharField(_("state"), max_length=8, choices=KeyState.choices)
    public_jwk = models.JSONField(_("public key"))
    sealed_private_jwk = models.BinaryField(_("sealed private key"))
    sealed_with = models.PositiveIntegerField(_("version of the key-encryption key"))
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("in the JWK Set since"))
    state_changed_at = models.DateTimeField(_("in this state since"))
    signed_until = models.DateTimeField(_("signed until"), null=True)

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
            # One that was current and was taken back may wait beside it.
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=Q(state=KeyState.NEXT, signed_until__isnull=True),
                name="signing_key_one_new_next_per_algorithm",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"

    @property
    def may_sign_from(self) -> datetime:
        """Return when every verifier has fetched a JWK Set with this key: twice its max-age later."""
        return self.published_at + 2 * conf.jwk_set_max_age()

    @property
    def may_go_from(self) -> datetime | None:
        """Return when the last of its tokens has expired; none while it signs.

        The longest lifetime that any audience may have counts, not those of today: they change.
        """
        if self.state == KeyState.CURRENT:
            return None
        if self.state == KeyState.NEXT and self.signed_until is None:
            return self.published_at
        return (self.signed_until or self.state_changed_at) + conf.MAX_ACCESS_LIFETIME + CLOCKS_APART

    def enter(self, state: KeyState, *, at: datetime) -> None:
        """Take another state, unsaved; a revoked key loses its private half for good."""
        if self.state == KeyState.CURRENT:
            self.signed_until = at
        if state == KeyState.REVOKED:
            self.sealed_private_jwk = b""
        self.state, self.state_changed_at = state, at
