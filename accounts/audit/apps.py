"""The Django app of the audit room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Audit events, without foreign keys, so that they outlive what they tell of."""

    name = "accounts.audit"
    label = "audit"
    verbose_name = _("Audit")
