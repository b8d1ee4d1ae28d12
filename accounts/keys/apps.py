"""The Django app of the keys room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class KeysConfig(AppConfig):
    """Signing keys; a database that was just migrated always has one to sign with."""

    name = "accounts.keys"
    label = "keys"
    verbose_name = _("Signing keys")

    @override
    def ready(self) -> None:
        """Create the first signing key right after the tables that hold it."""
        from accounts.keys.services import create_first_signing_key  # noqa: PLC0415 - needs loaded apps

        post_migrate.connect(create_first_signing_key, sender=self)
