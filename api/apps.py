"""The Django app of the HTTP layer."""

from django.apps import AppConfig
from typing_extensions import override


class ApiConfig(AppConfig):
    """Views, serializers and permission classes."""

    name = "api"

    @override
    def ready(self) -> None:
        """Register the system checks and the OpenAPI extensions."""
        from api import checks  # noqa: F401, PLC0415 - registers itself
        from api.schema import authentication, bodies, lists  # noqa: F401, PLC0415 - as above
