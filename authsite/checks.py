"""System checks of the installation as a whole."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.staticfiles, deploy=True)
def check_static_files_are_collected(**_options: object) -> list[CheckMessage]:
    """Refuse production without its static files: every page of the admin would answer 500."""
    if isinstance(staticfiles_storage, ManifestStaticFilesStorage) and not staticfiles_storage.hashed_files:
        return [
            Error(
                f"There are no static files in {settings.STATIC_ROOT}.",
                hint="Run `python manage.py collectstatic --noinput`.",
                id="authsite.E001",
            )
        ]
    return []


@register(Tags.security)
def check_clients_are_told_apart(**_options: object) -> list[CheckMessage]:
    """Warn where every client comes from the proxy's own address: one attacker would lock out everybody."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and not settings.AUTHSITE_TRUSTED_PROXIES:
        return [
            checks.Warning(
                "AUTHSITE_BEHIND_TLS_PROXY is true, but AUTHSITE_TRUSTED_PROXIES is missing:"
                " all clients count as the proxy's one address, and a stranger's failures lock them all out.",
                hint="Write the proxy's address into AUTHSITE_TRUSTED_PROXIES, e.g. 127.0.0.1.",
                id="authsite.W001",
            )
        ]
    return []
