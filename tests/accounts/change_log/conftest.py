"""Somebody with all that can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def alice() -> User:
    """Return somebody with all that can be taken away."""
    tenant = TenantFactory.create(code="ours")
    department = DepartmentFactory.create(code="compras", tenant=tenant)
    return UserFactory.create(
        email="alice@example.org",
        roles=["admin", "editor"],
        tenant=tenant,
        department=department,
        special_permissions=True,
    )
