"""Somebody guesses in a sign-in form, the admin's or the browsable API's: the page says how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db

FORMS = ["/admin/login/", "/api/browser/login/"]
SENTENCE = "Demasiados intentos. Vuelva a intentarlo dentro de 15 minutos."


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    settings.AUTHSITE_LIMITS = {"pair": 3, "account": 5, "address": 6, "device": 4, "resets": 2}


@pytest.fixture
def root() -> User:
    return UserFactory.create(email="root@example.org", is_staff=True, is_superuser=True)


def sign_in(browser: Client, path: str, password: str = "wrong", email: str = "root@example.org") -> int:
    return browser.post(path, {"username": email, "password": password}).status_code


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("email", ["root@example.org", "nobody@example.org"])
def test_who_has_to_wait_is_told_for_how_long(root: User, path: str, email: str) -> None:
    browser = Client()
    assert [sign_in(browser, path, email=email) for _ in range(3)] == [200] * 3

    response = browser.post(path, {"username": email, "password": PASSWORD})

    assert response.status_code == 429
    assert 890 < int(response["Retry-After"]) <= 900
    assert SENTENCE in response.content.decode()
    english = browser.post(path, {"username": email, "password": PASSWORD}, headers={"Accept-Language": "en"})
    assert "Too many attempts. Try again in 15 minutes." in english.content.decode()


def test_forms_and_api_count_together(root: User) -> None:
    browser = Client()
    body = {"email": "root@example.org", "password": "wrong"}
    for path in FORMS:
        sign_in(browser, path)
    browser.post("/api/v1/auth/login/", body, content_type="application/json")

    assert browser.post("/api/v1/auth/login/", body, content_type="application/json").status_code == 429
    assert [sign_in(browser, path) for path in FORMS] == [429, 429]


@pytest.mark.parametrize("path", FORMS)
def test_a_browser_that_has_signed_in_is_not_locked_out_by_strangers(root: User, path: str) -> None:
    browser, stranger = Client(), Client()
    assert sign_in(browser, path, PASSWORD) == 302
    cookie = browser.cookies["authsite_device"]
    browser.post("/api/browser/logout/")
    for _ in range(6):
        sign_in(stranger, path)

    assert sign_in(stranger, path, PASSWORD) == 429
    assert sign_in(browser, path, PASSWORD) == 302
    assert browser.cookies["authsite_device"].value == cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_wrong_password_gives_a_browser_no_token(root: User) -> None:
    browser = Client()

    sign_in(browser, "/admin/login/")

    assert "authsite_device" not in browser.cookies
    assert browser.get("/admin/login/").status_code == 200
