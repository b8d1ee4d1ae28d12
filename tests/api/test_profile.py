"""A person reads and changes their own profile."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

ME = "/api/v1/me/"


def test_profile_is_that_of_the_directory(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    assert read(api.get(ME)) == {
        "id": str(alice.id),
        "email": "alice@example.org",
        "name": alice.name,
        "roles": ["admin", "editor"],
        "department": "finanzas",
        "tenant": None,
        "special_permissions": True,
        "locale": "es",
        "ui_preferences": {},
    }


def test_preferences_are_changed_with_an_event(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    answer = read(api.send("PATCH", ME, {"ui_preferences": {"theme": "dark"}, "locale": "en"}))

    assert (answer["ui_preferences"], answer["locale"]) == ({"theme": "dark"}, "en")
    event = AuditEvent.objects.get(type=EventType.USER_CHANGED)
    assert event.changes["ui_preferences"] == [{}, {"theme": "dark"}]
    assert event.actor_sub == alice.id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ui_preferences": {"a": "x" * 1024}}, "ui_preferences"),
        ({"ui_preferences": [1]}, "ui_preferences"),
        ({"ui_preferences": {"a": {"b": {"c": {"d": {}}}}}}, "ui_preferences"),
        ({"ui_preferences": None}, "ui_preferences"),
        ({"ui_preferences": {"a": "\x00"}}, "ui_preferences"),
        ({"ui_preferences": {"\x00": 1}}, "ui_preferences"),
        ({"name": "\x00"}, "name"),
        ({"locale": "fr"}, "locale"),
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"name": 7}, "name"),
        ({"roles": ["admin"]}, "roles"),
        ({"email": "other@example.org"}, "email"),
        ({"is_staff": True}, "is_staff"),
    ],
)
def test_refusal_names_the_field_and_changes_nothing(
    api: ApiClient, bob: User, body: dict[str, Any], field: str
) -> None:
    api.log_in("bob@example.org")
    before = read(api.get(ME))

    assert list(read(api.send("PATCH", ME, {"name": "New", **body}), 400)["error"]) == [field]

    assert read(api.get(ME)) == before


def test_number_beyond_all_bounds_is_refused(api: ApiClient, bob: User) -> None:
    api.log_in("bob@example.org")

    response = api.send("PATCH", ME, b'{"ui_preferences": {"zoom": 1e999}}')

    assert list(read(response, 400)["error"]) == ["ui_preferences"]


@pytest.mark.parametrize("loss", ["deleted", "inactive"])
def test_lost_account_has_no_profile_and_changes_nothing(
    api: ApiClient, alice: User, keep_log: Callable[[], None], loss: str
) -> None:
    api.log_in("alice@example.org")
    keep_log()
    if loss == "deleted":
        alice.delete()
    else:
        User.objects.update(is_active=False)
    passwords = {"current_password": PASSWORD, "new_password": "another long passphrase"}

    answers = [
        api.get(ME),
        api.send("PATCH", ME, {"name": "New"}),
        api.post("/api/v1/auth/password/", passwords),
        api.send("DELETE", "/api/v1/auth/sessions/"),
    ]

    assert [(read(answer, 401)["code"]) for answer in answers] == ["session_ended"] * 4
    assert not User.objects.filter(name="New").exists()
