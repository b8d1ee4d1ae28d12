"""The Django app of the audiences room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AudiencesConfig(AppConfig):
    """Audiences and their claim contracts."""

    name = "accounts.audiences"
    label = "audiences"
    verbose_name = _("Audiences")

    @override
    def ready(self) -> None:
        """Register the deployment's own claim sources."""
        from accounts.audiences.source_registry import register_own_sources  # noqa: PLC0415 - needs loaded apps

        register_own_sources()
