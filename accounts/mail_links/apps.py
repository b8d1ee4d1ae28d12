"""The Django app of the links in mails."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailLinksConfig(AppConfig):
    """Links in mails, by the digest of their token."""

    name = "accounts.mail_links"
    label = "mail_links"
    verbose_name = _("Links in mails")
