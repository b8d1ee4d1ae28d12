"""Browser sessions end by themselves, and say so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User

pytestmark = pytest.mark.django_db

IDLE = "porque no se hizo nada durante un tiempo"
ABSOLUTE = "porque inició sesión hace muchas horas"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def boss() -> User:
    return UserFactory.create(email="boss@example.org", is_staff=True, is_superuser=True, roles=["admin"])


@pytest.fixture
def browser(boss: User) -> Client:
    """Return a browser that has just signed in."""
    client = Client()
    assert client.post("/admin/login/", {"username": boss.email, "password": PASSWORD}).status_code == 302
    return client


def let_pass(client: Client, time: timedelta, *moments: str) -> None:
    """Let moments of the session have been so much longer ago."""
    session = client.session
    for moment in moments:
        session[f"authsite_{moment}_at"] -= time.total_seconds()
    session.save()


def page(client: Client, path: str) -> HttpResponse:
    answer: HttpResponse = client.get(path, headers={"accept": "text/html"}, follow=True)  # type: ignore[assignment] # the stubs' private response type
    return answer


@pytest.mark.parametrize("path", ["/admin/", "/api/v1/me/"])
@pytest.mark.parametrize(
    ("time", "moments", "sentence"),
    [
        (30 * MINUTE, ["last_used"], IDLE),
        (12 * HOUR, ["signed_in"], ABSOLUTE),
        (30 * HOUR, ["last_used", "signed_in"], ABSOLUTE),
    ],
)
def test_session_ends_and_says_why(
    browser: Client, path: str, time: timedelta, moments: list[str], sentence: str
) -> None:
    let_pass(browser, time, *moments)

    answer = page(browser, path)

    assert sentence in answer.content.decode()
    assert "boss@example.org" not in answer.content.decode()
    assert sentence not in page(browser, path).content.decode()


@pytest.mark.parametrize(("time", "moment"), [(29 * MINUTE, "last_used"), (11 * HOUR, "signed_in")])
def test_session_lives_until_then(browser: Client, time: timedelta, moment: str) -> None:
    let_pass(browser, time, moment)

    assert browser.get("/admin/").status_code == 200


def test_use_prolongs_but_not_beyond_the_last_hour(browser: Client) -> None:
    for _ in range(25):
        let_pass(browser, 29 * MINUTE, "last_used", "signed_in")
        browser.get("/admin/")

    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("asset", ["/admin/jsi18n/", "/favicon.ico", "/.well-known/jwks.json"])
def test_what_pages_ask_for_by_themselves_is_no_use(browser: Client, asset: str) -> None:
    let_pass(browser, 20 * MINUTE, "last_used")
    before = browser.session["authsite_last_used_at"]

    browser.get(asset)

    assert browser.session["authsite_last_used_at"] == before


def test_static_files_are_served_before_any_session_is_looked_at() -> None:
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]

    assert order.index("WhiteNoiseMiddleware") < order.index("SessionMiddleware")


def test_use_is_written_once_a_minute(browser: Client) -> None:
    before = browser.session["authsite_last_used_at"]

    browser.get("/admin/")

    assert browser.session["authsite_last_used_at"] == before


def test_ended_session_is_deleted_for_every_copy_of_the_cookie(browser: Client) -> None:
    cookie = browser.cookies["sessionid"].value
    let_pass(browser, 30 * MINUTE, "last_used")
    browser.get("/admin/")

    assert not Session.objects.filter(session_key=cookie).exists()
    copy = Client()
    copy.cookies["sessionid"] = cookie
    assert copy.get("/admin/").status_code == 302


def test_signing_in_ends_the_cookie_before_it(browser: Client, boss: User) -> None:
    before = browser.cookies["sessionid"].value

    browser.post("/admin/login/", {"username": boss.email, "password": PASSWORD})

    assert browser.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_program_with_an_old_cookie_gets_401_and_no_cookie(browser: Client) -> None:
    let_pass(browser, 30 * MINUTE, "last_used")

    answer = browser.get("/api/v1/me/")

    assert answer.status_code == 401
    assert Session.objects.count() == 0


def test_write_with_an_old_session_changes_nothing(browser: Client, boss: User) -> None:
    let_pass(browser, 30 * MINUTE, "last_used")

    browser.post(f"/admin/accounts/user/{boss.pk}/delete/", {"post": "yes"})

    boss.refresh_from_db()


def test_session_without_moments_is_over(browser: Client) -> None:
    session = browser.session
    del session["authsite_signed_in_at"]
    session.save()

    assert browser.get("/admin/").status_code == 302
