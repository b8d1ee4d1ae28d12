"""A service, authsite in front of it, and people who want to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.api.client import ApiClient
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory
from tests.proxies.services import echoing_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User


@pytest.fixture
def service() -> Iterator[int]:
    """Return the port of the service."""
    with echoing_service() as port:
        yield port


@pytest.fixture
def authsite(live_server: LiveServer, settings: Settings) -> str:
    """Return where authsite listens; it calls itself as the recipes do."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "login.example.com"]
    return f"127.0.0.1:{urlsplit(live_server.url).port}"


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Return alice of finance with every role, bob of sales who edits, and mallory with nothing."""
    RoleFactory.create(code="admin")
    finance, sales = (DepartmentFactory.create(code=code) for code in ("finanzas", "ventas"))
    tenant = TenantFactory.create(code="empresa_123")
    return {
        "alice": UserFactory.create(email="alice@example.org", roles=["admin"], department=finance),
        "bob": UserFactory.create(email="bob@example.org", roles=["editor"], department=sales),
        "mallory": UserFactory.create(email="mallory@example.org", tenant=tenant),
    }


def token_of(person: str) -> str:
    """Log in and return the access token."""
    token: str = ApiClient().log_in(f"{person}@example.org")["token"]
    return token
