"""A mobile client, and the cast: alice has the role, bob is in her department, mallory is outside."""

from collections.abc import Callable

import pytest

from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from accounts.models import User
from accounts.tokens.decryption_keys import encryption
from tests.api.client import ApiClient
from tests.factories import DepartmentFactory, TenantFactory, UserFactory


@pytest.fixture
def api(db: None) -> ApiClient:
    """Return a client that speaks Spanish by default, as no language is asked for."""
    return ApiClient()


@pytest.fixture
def alice(db: None) -> User:
    """Return an administrator of finance, with special permissions: the user's own example."""
    return UserFactory.create(
        email="alice@example.org",
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
        special_permissions=True,
    )


@pytest.fixture
def bob(db: None) -> User:
    """Return someone in the same department without the role."""
    return UserFactory.create(
        email="bob@example.org", roles=["editor"], department=DepartmentFactory.create(code="finanzas")
    )


@pytest.fixture
def mallory(db: None) -> User:
    """Return someone of a tenant, with nothing."""
    return UserFactory.create(email="mallory@example.org", tenant=TenantFactory.create(code="empresa_123"))


@pytest.fixture
def keep_log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what has the process go on with what it knows then: each second has such a moment."""

    def keep() -> None:
        live_log.copy(), keyring.keys(), encryption.value()
        monkeypatch.setattr("accounts.keys.remembered.MAX_AGE", 3600.0)
        monkeypatch.setattr("accounts.change_log.live_log.MAX_AGE", 3600.0)

    return keep
