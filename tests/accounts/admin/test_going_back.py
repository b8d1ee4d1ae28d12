"""From a page between a form and its saving people go back to the form as they typed it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.models import User
from tests.accounts.admin.browsing import (
    add_url,
    event_types,
    form_values,
    hidden_fields,
    page_url,
    seen,
)
from tests.accounts.admin.dangerous import filled
from tests.accounts.admin.databases.test_impact_page import tried
from tests.accounts.admin.test_recent_password import again, asks, wait
from tests.accounts.admin.trial_changes import TRIALS, alice, fill, reports, role
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

BACK = {"back_to_form": "No, take me back"}


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    fill()


@pytest.mark.parametrize("minutes", [0, 10])
def test_going_back_shows_the_form_as_it_was_typed(boss: Client, minutes: int) -> None:
    wait(boss, timedelta(minutes=minutes))
    submitted = filled(boss, page_url(alice()), "is_active", name="Ann <Á>", ui_preferences='{"a":\r\n 1}')
    between = tried(boss, submitted)
    if minutes:
        between = boss.post(submitted.url, seen(between))
        assert asks(between)

    form = boss.post(submitted.url, hidden_fields(between) | BACK)

    values = form_values(form)
    assert (values["name"], values["ui_preferences"]) == ("Ann <Á>", '{"a": 1}')
    assert "is_active" not in values
    assert not form.context["errors"]
    assert "errornote" not in form.content.decode()
    assert alice().is_active
    assert event_types(but=("browser_session.started", "signing_key.created")).count("user.deactivated") == 0


def test_going_back_keeps_the_rows_of_a_contract(boss: Client) -> None:
    submitted = TRIALS["audience: contract and algorithm"].submit(boss)
    between = tried(boss, submitted)

    form = boss.post(submitted.url, hidden_fields(between) | BACK)

    values = form_values(form)
    assert values["contract_claims-0-path"] == "papeles"
    assert values["signing_algorithm"] == "EdDSA"
    assert boss.post(submitted.url, values).status_code == 200  # it is shown again, and can be confirmed
    assert reports().contract_version == 1


def test_going_back_from_a_new_person_keeps_what_was_typed(boss: Client) -> None:
    wait(boss, timedelta(minutes=10))
    submitted = filled(boss, add_url(User), email="new@example.org", name="New", is_staff="on")
    asked = boss.post(submitted.url, submitted.values)
    assert asks(asked)

    form = boss.post(submitted.url, hidden_fields(asked) | BACK)

    assert form_values(form)["email"] == "new@example.org"
    assert not User.objects.filter(email="new@example.org").exists()


def test_going_back_from_a_bulk_change_keeps_the_choice(boss: Client) -> None:
    submitted = TRIALS["people: role assigned"].submit(boss)
    between = tried(boss, submitted)

    page = boss.post(submitted.url, hidden_fields(between) | BACK)

    assert page.context["form"]["role"].value() == str(role("lector").pk)
    assert not page.context["form"].errors
    assert alice().role_codes() == ["editor"]


@pytest.mark.parametrize("page", ["delete", "end_sessions"])
def test_going_back_from_a_page_without_a_form_does_nothing(boss: Client, page: str) -> None:
    wait(boss, timedelta(minutes=10))
    url = page_url(alice(), page)
    asked = boss.post(url, {"post": "yes"})
    assert asks(asked)
    wait(boss, timedelta(0))

    answer = boss.post(url, hidden_fields(asked) | BACK)

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert alice().refresh_sessions.live(at=timezone.now()).exists()


def test_password_that_is_typed_by_whoever_goes_back_confirms_nothing(boss: Client) -> None:
    wait(boss, timedelta(minutes=10))
    submitted = TRIALS["people: deactivated"].submit(boss)
    asked = boss.post(submitted.url, seen(tried(boss, submitted)))

    boss.post(submitted.url, again(asked, PASSWORD) | BACK)

    assert alice().is_active
    assert "browser_session.confirmed" not in event_types()
