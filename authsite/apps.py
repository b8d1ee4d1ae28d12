"""The project as a Django app, for its command and its system checks."""

from django.apps import AppConfig
from typing_extensions import override

from authsite.logs import configure_structlog


class AuthsiteConfig(AppConfig):
    """The app of the project itself."""

    name = "authsite"

    @override
    def ready(self) -> None:
        from authsite import checks  # noqa: F401, PLC0415 - importing registers them

        configure_structlog()
