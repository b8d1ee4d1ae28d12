"""The administrator of the tests, and an audit log that can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission

from accounts.audit.models import AuditEvent
from accounts.services.users import create_user
from tests.accounts.admin.browsing import signed_in, superuser
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import PASSWORD, RoleFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from accounts.models import Role, User


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


@pytest.fixture
def editor(db: None) -> Role:
    """Return a role that opens the pages of people."""
    role = RoleFactory.create(code="editor")
    role.permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return role


@pytest.fixture
def ana(editor: Role) -> User:
    """Return somebody whom the audit log knows from the beginning."""
    return create_user(
        email="ana@example.org", name="Ana", roles=[editor], password=PASSWORD, actor=SYSTEM, now=NOW
    )
