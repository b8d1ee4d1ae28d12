"""The Django app of the change log."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ChangeLogConfig(AppConfig):
    """The change log; its triggers are dropped before a migration and put back after it."""

    name = "accounts.change_log"
    label = "change_log"
    verbose_name = _("Change log")

    @override
    def ready(self) -> None:
        """Stand around every migration."""
        from accounts.change_log.triggers import drop_triggers, install_triggers  # noqa: PLC0415 - needs loaded apps

        pre_migrate.connect(drop_triggers, sender=self)
        post_migrate.connect(install_triggers, sender=self)
