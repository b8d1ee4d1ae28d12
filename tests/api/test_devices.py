"""A person looks at their devices and ends some."""

import uuid
from collections.abc import Callable

from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read

SESSIONS = "/api/v1/auth/sessions/"


def test_list_shows_own_live_sessions_and_which_is_current(api: ApiClient, alice: User, bob: User) -> None:
    ApiClient().log_in("bob@example.org")
    ApiClient().log_in("alice@example.org", device={"name": "Tablet", "platform": "ios"})
    current = api.log_in("alice@example.org", device={"name": "Pixel"})

    page = read(api.get(SESSIONS))

    assert (page["count"], page["next"], page["previous"]) == (2, None, None)
    shown = {session["device"]: session for session in page["results"]}
    assert shown["Pixel"]["sid"] == current["sid"]
    assert (shown["Pixel"]["current"], shown["Tablet"]["current"]) == (True, False)
    assert set(shown["Tablet"]) == {
        "sid",
        "device",
        "platform",
        "ip",
        "created_at",
        "last_used_at",
        "expires_at",
        "current",
    }


def test_list_costs_the_same_for_many_devices(
    api: ApiClient,
    alice: User,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        api.log_in("alice@example.org")
    keep_log()

    with django_assert_num_queries(2):  # count, page
        assert read(api.get(SESSIONS))["count"] == 12


def test_ending_the_others_keeps_this_one(api: ApiClient, alice: User) -> None:
    other = ApiClient().log_in("alice@example.org")
    mine = api.log_in("alice@example.org")

    assert api.send("DELETE", SESSIONS).status_code == 204

    assert read(api.post("/api/v1/auth/refresh/", {"refresh": mine["refresh"]}))
    assert read(api.post("/api/v1/auth/refresh/", {"refresh": other["refresh"]}), 401)


def test_one_session_is_shown_and_ended(api: ApiClient, alice: User) -> None:
    other = ApiClient().log_in("alice@example.org", device={"name": "Tablet"})
    api.log_in("alice@example.org")

    assert read(api.get(f"{SESSIONS}{other['sid']}/"))["device"] == "Tablet"
    assert api.send("DELETE", f"{SESSIONS}{other['sid']}/").status_code == 204
    assert api.get(f"{SESSIONS}{other['sid']}/").status_code == 404


def test_somebody_elses_session_is_not_found(api: ApiClient, alice: User, mallory: User) -> None:
    theirs = ApiClient().log_in("alice@example.org")
    api.log_in("mallory@example.org")

    for sid in (theirs["sid"], str(uuid.uuid4()), "no-uuid"):
        for method in ("GET", "DELETE"):
            assert read(api.send(method, f"{SESSIONS}{sid}/"), 404)["code"] == "not_found"
    assert RefreshSession.objects.get(sid=theirs["sid"]).ended_at is None
