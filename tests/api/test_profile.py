"""A person reads and changes their own profile."""

from typing import Any

import pytest

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.api.client import ApiClient, read

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


def test_deleted_person_has_no_profile(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    alice.delete()

    assert read(api.get(ME), 404)["code"] == "not_found"
