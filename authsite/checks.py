"""System checks of the installation as a whole."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
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
