"""The admin says why nobody shuts themselves out there either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audiences.models import Audience
from accounts.models import User
from tests.accounts.admin.browsing import act_on, event_types, page_url, save
from tests.factories import RoleFactory, TenantFactory

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def myself(boss: Client) -> User:
    user: User = User.objects.get(email="boss@example.org")
    user.roles.set([RoleFactory.create(code="admin")])
    return user


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("is_active", "You cannot deactivate your own account"),
        ("is_staff", "You cannot take this from yourself"),
        ("is_superuser", "You cannot take this from yourself"),
        ("roles", "You cannot take the role “admin” from yourself"),
    ],
)
def test_what_is_taken_from_oneself_is_an_error_beside_its_field(
    boss: Client, myself: User, field: str, sentence: str
) -> None:
    answer = save(boss, page_url(myself), field)

    assert answer.status_code == 200
    assert sentence in str(answer.context["adminform"].form.errors[field])
    assert event_types() == []


def test_moving_oneself_is_an_error_beside_the_tenant(boss: Client, myself: User) -> None:
    answer = save(boss, page_url(myself), tenant=str(TenantFactory.create().pk))

    assert "You cannot change your own tenant" in str(answer.context["adminform"].form.errors["tenant"])
    assert event_types() == []


def test_bulk_action_does_not_shut_out_whoever_asks(boss: Client, myself: User) -> None:
    answer = act_on(boss, [myself], "deactivate")

    assert "boss@example.org: You cannot deactivate your own account" in answer.content.decode()
    assert event_types() == []


def test_role_admin_is_not_retired(boss: Client, myself: User) -> None:
    answer = act_on(boss, list(myself.roles.all()), "retire_selected")

    assert "it is never retired" in answer.content.decode()
    assert event_types() == []


def test_budget_of_the_own_audience_is_an_error_beside_its_field(boss: Client) -> None:
    answer = save(boss, page_url(Audience.objects.get()), max_token_bytes="600")

    errors = answer.context["adminform"].form.errors
    assert "needs a budget of at least 1024 bytes" in str(errors["max_token_bytes"])
    assert event_types() == []
