"""manage.py create_sample_organisation."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.services.login import log_in
from tests.accounts.journeys import NOW, ORIGIN
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def output_of(**options: Any) -> str:
    written = StringIO()
    call_command("create_sample_organisation", stdout=written, **options)
    return written.getvalue()


def test_an_empty_database_gets_people_and_their_password_is_shown_and_works() -> None:
    shown = output_of().split("\n\n")[1].strip()

    assert User.objects.count() == 7
    login = log_in(email="admin@example.com", password=shown, origin=ORIGIN, now=NOW)
    assert login.user.is_superuser


def test_a_chosen_password_is_used_and_not_shown(settings: Settings) -> None:
    settings.AUTHSITE_DEMO_PASSWORD = "chosen for a demonstration"

    assert "chosen for a demonstration" not in output_of()
    assert all(user.check_password("chosen for a demonstration") for user in User.objects.all())


def test_a_database_with_people_is_refused_or_left_alone() -> None:
    UserFactory.create()

    with pytest.raises(CommandError):
        output_of()
    assert output_of(if_empty=True) == ""
    assert User.objects.count() == 1


@pytest.mark.parametrize("if_empty", [True, False])
def test_production_gets_no_sample_people(settings: Settings, if_empty: bool) -> None:  # noqa: FBT001 - a parameter
    settings.AUTHSITE_IS_PRODUCTION = True

    with pytest.raises(CommandError):
        output_of(if_empty=if_empty)
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["zq7-Wx", "passwordpassword" * 20])
def test_a_bad_password_creates_nothing_and_is_not_shown(settings: Settings, password: str) -> None:
    settings.AUTHSITE_DEMO_PASSWORD = password

    with pytest.raises(CommandError, match="AUTHSITE_DEMO_PASSWORD") as refusal:
        output_of()

    assert password not in str(refusal.value)
    for model in (User, Role, Tenant, Department):
        assert not model._default_manager.exists()  # noqa: SLF001 - of any model
    assert not AuditEvent.objects.filter(subject_kind="user").exists()
