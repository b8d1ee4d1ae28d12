"""A person looks at their devices and ends some."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.change_log.live_log import live_log
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read
from tests.api.test_browser import signed_in

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


def test_ending_the_others_signs_out_every_browser(api: ApiClient, alice: User) -> None:
    browser = signed_in(alice)
    api.log_in("alice@example.org")

    api.send("DELETE", SESSIONS)

    assert browser.get("/api/v1/me/").status_code == 401


def test_ending_all_ends_this_one_too(api: ApiClient, alice: User) -> None:
    other = ApiClient().log_in("alice@example.org")
    mine = api.log_in("alice@example.org")

    assert api.send("DELETE", f"{SESSIONS}?current=true").status_code == 204

    for session in (other, mine):
        assert read(api.post("/api/v1/auth/refresh/", {"refresh": session["refresh"]}), 401)
    connection.check_constraints()  # PostgreSQL: the change log writes at the commit
    live_log.forget()
    assert read(api.get(SESSIONS), 401)["action"] == "login"


@pytest.mark.parametrize("query", ["now=true", "current=yes", "current=", "current=true&current=false"])
def test_a_typing_error_ends_nothing(api: ApiClient, alice: User, query: str) -> None:
    other = ApiClient().log_in("alice@example.org")
    api.log_in("alice@example.org")

    assert read(api.send("DELETE", f"{SESSIONS}?{query}"), 400)["error"]

    assert RefreshSession.objects.get(sid=other["sid"]).ended_at is None


@pytest.mark.parametrize(("query", "status"), [("", 200), ("?current=false", 200), ("?current=true", 401)])
def test_a_browser_that_ends_the_others_stays_signed_in_unless_it_ends_itself(
    alice: User, query: str, status: int
) -> None:
    here, elsewhere, phone = signed_in(alice), signed_in(alice), ApiClient()
    phone.log_in("alice@example.org")

    assert here.send("DELETE", f"{SESSIONS}{query}").status_code == 204

    assert here.get("/api/v1/me/").status_code == status
    assert elsewhere.get("/api/v1/me/").status_code == 401
    assert not RefreshSession.objects.filter(ended_at__isnull=True).exists()


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
