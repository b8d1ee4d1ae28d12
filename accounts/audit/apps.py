"""The Django app of the audit room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AuditConfig(AppConfig):
    """Audit events, without foreign keys, so that they outlive what they tell of, and guarded."""

    name = "accounts.audit"
    label = "audit"
    verbose_name = _("Audit")

    @override
    def ready(self) -> None:
        """Stand around every migration."""
        from accounts.audit.guard import drop_guard, install_guard  # noqa: PLC0415 - needs loaded apps

        pre_migrate.connect(drop_guard, sender=self)
        post_migrate.connect(install_guard, sender=self)
