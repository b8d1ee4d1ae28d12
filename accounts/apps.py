"""The Django app of the directory: users, roles, departments and tenants."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AccountsConfig(AppConfig):
    """The directory, its services and its admin."""

    name = "accounts"
    verbose_name = _("Directory")

    @override
    def ready(self) -> None:
        """Register the system checks and the record of browser sign-ins."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - needs loaded apps

        from accounts import checks  # noqa: F401, PLC0415 - registers the checks
        from accounts.services.browser_sign_in import record_browser_sign_in  # noqa: PLC0415 - as above

        user_logged_in.connect(record_browser_sign_in)
