"""The administrator of the tests, and an audit log that can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audit.models import AuditEvent
from tests.accounts.admin.browsing import signed_in, superuser

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def boss(db: None) -> Client:
    """Return the browser of an administrator who may do everything."""
    return signed_in(superuser(email="boss@example.org"))


@pytest.fixture
def broken_audit(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the insert of audit events, after the administrator has signed in."""

    def broken(**_fields: object) -> None:
        raise RuntimeError("the audit log is full")

    monkeypatch.setattr(AuditEvent.objects, "create", broken)
