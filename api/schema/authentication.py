"""OpenAPI: how our authentication is described."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from typing_extensions import override


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # registers itself
    """``Authorization: Bearer`` with one of our access tokens."""

    target_class = "api.authentication.BearerAuthentication"
    name = "bearer"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class AudienceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # as above
    """The code and a secret of an audience."""

    target_class = "api.audience_callers.AudienceAuthentication"
    name = "audience"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "basic"}


class FormAssertionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # as above
    """Nothing: OpenAPI knows no scheme in the body, whose parameters say it."""

    target_class = "api.audience_callers.FormAssertionAuthentication"
    name: Any = ()

    @override
    def get_security_requirement(self, auto_schema: Any) -> list[Any]:
        return []

    @override
    def get_security_definition(self, auto_schema: Any) -> list[Any]:
        return []


class BearerAssertionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # as above
    """A JWT that a key of the audience signed."""

    target_class = "api.audience_callers.BearerAssertionAuthentication"
    name = "audience_assertion"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # as above
    """The cookie of a person signed in by browser."""

    target_class = "api.authentication.BrowserSessionAuthentication"
    name = "browser_session"

    @override
    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
