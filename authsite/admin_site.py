"""Django's admin as an app, with the site of `accounts.admin` as its default one."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig
from typing_extensions import override


class AdminSiteConfig(AdminConfig):
    """What the settings install instead of ``django.contrib.admin``."""

    default_site = "accounts.admin.site.AuthsiteAdminSite"

    @override
    def ready(self) -> None:
        """Import the pages first: asking Django for the site would import them while it makes one."""
        import_module("accounts.admin")
        super().ready()
