"""The table of links in mails; what it holds opens nothing."""

from typing import ClassVar

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models import User
from accounts.models.emails import MAX_LENGTH


class Purpose(models.TextChoices):
    """What a link opens."""

    SET_PASSWORD = "set_password", _("set a password")
    CONFIRM_OLD_EMAIL = "confirm_old_email", _("confirm by the old address")
    CONFIRM_NEW_EMAIL = "confirm_new_email", _("confirm by the new address")


class MailLink(models.Model):
    """The one live link that a person has for a purpose: a newer one takes its place."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), related_name="mail_links", on_delete=models.CASCADE
    )
    purpose = models.CharField(_("purpose"), max_length=32, choices=Purpose.choices)
    #: SHA-256 of the token, in hexadecimal. The token has 256 random bits: no salt is needed.
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    #: What the account was when the link was made; another password or address makes the link void.
    account_state = models.CharField(_("state of the account"), max_length=64)
    new_email = models.EmailField(_("new e-mail"), max_length=MAX_LENGTH, blank=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link in a mail")
        verbose_name_plural = _("links in mails")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "purpose"], name="mail_link_one_per_purpose"),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="mail_link_by_expiry")]

    @override
    def __str__(self) -> str:
        return f"{self.purpose} ({self.user_id})"

    def fits_account(self) -> bool:
        """Tell whether password and address are still those for which the link was made."""
        return constant_time_compare(self.account_state, account_state_of(self.user))


def account_state_of(user: User) -> str:
    """Return what changes with the password and with the address, and tells neither."""
    said = f"{user.password}\0{user.email}"
    return salted_hmac("accounts.mail_links", said, algorithm="sha256").hexdigest()
