"""The account pages: a password and an address without JavaScript, and a token that shows nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.mailed import link_in, mail_to, token_in
from tests.api.pages import page_of
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoCaptureOnCommitCallbacks

NEW = "another long passphrase 2026"
TWICE = {"new_password": NEW, "again": NEW}
COOKIE = "authsite_password_link"


@pytest.fixture
def browser(db: None) -> Client:
    return Client()


@pytest.fixture
def send(
    browser: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[..., Any]:
    """Return what sends a form, and the mails after it."""

    def send(path: str, fields: dict[str, str], **options: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(path, fields, **options)

    return send


def heading(response: Any) -> str:
    return page_of(response.content.decode()).one("h1").text


def sentences(response: Any) -> list[str]:
    return page_of(response.content.decode()).sentences()


def asked(send: Callable[..., Any], browser: Client, email: str = "alice@example.org") -> None:
    """Ask for a reset, and follow the link of the mail."""
    send("/account/password-reset/", {"email": email})
    browser.get(link_in(mail_to(email)))


def test_password_is_set_by_the_link(browser: Client, send: Callable[..., Any], alice: User) -> None:
    sent = send("/account/password-reset/", {"email": "Alice@example.org"}, follow=True)
    followed = browser.get(link_in(mail_to("alice@example.org")), follow=True)
    done = send("/account/password/new/", TWICE, follow=True)

    assert heading(sent) == "Revise su correo"
    assert heading(followed) == "Elija su contraseña"
    assert "alice@example.org" in followed.content.decode()
    assert heading(done) == "Su contraseña está establecida"
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert not browser.cookies[COOKIE].value
    assert heading(browser.get("/account/password/new/")) == "Este enlace no funciona"


def test_token_leaves_the_address_and_is_in_no_session_and_no_page(
    browser: Client, send: Callable[..., Any], alice: User
) -> None:
    send("/account/password-reset/", {"email": "alice@example.org"})
    link, token = link_in(mail.outbox[0]), token_in(mail.outbox[0])

    first = browser.get(link)
    page = browser.get(first["Location"])

    assert (first.status_code, first["Location"]) == (302, "/account/password/new/")
    assert first["Referrer-Policy"] == "no-referrer"
    for response in (first, page):
        assert "no-store" in response["Cache-Control"]
    cookie = first.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/account/password/new/", True, "Lax")
    assert cookie["max-age"] == 30 * 60
    assert token not in page.content.decode()
    assert not [session for session in Session.objects.all() if token in str(session.get_decoded())]


def test_looking_at_a_link_uses_nothing_up(browser: Client, send: Callable[..., Any], alice: User) -> None:
    send("/account/password-reset/", {"email": "alice@example.org"})
    link = link_in(mail.outbox[0])
    for _time in range(3):
        Client().get(link, follow=True)

    browser.get(link)
    assert send("/account/password/new/", TWICE).status_code == 302


@pytest.mark.parametrize("email", ["nobody@example.org", "gone@example.org", "alice@example.org"])
def test_every_address_gets_the_same_page(send: Callable[..., Any], alice: User, email: str) -> None:
    User.objects.create(email="gone@example.org", name="Gone", is_active=False)

    answer = send("/account/password-reset/", {"email": email})

    assert (answer.status_code, answer["Location"]) == (302, "/account/password-reset/sent/")
    assert not answer.cookies


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 2),
        ({"new_password": NEW, "again": f"{NEW} "}, 1),
        ({"new_password": "short", "again": "short"}, 1),
        ({"new_password": "alice@example.org", "again": "alice@example.org"}, 1),
    ],
)
def test_refusal_stands_beside_its_field_and_the_link_stays(
    browser: Client, send: Callable[..., Any], alice: User, fields: dict[str, str], count: int
) -> None:
    asked(send, browser)

    refused = send("/account/password/new/", fields)

    assert refused.status_code == 200
    assert len(sentences(refused)) == count
    assert send("/account/password/new/", TWICE).status_code == 302


@pytest.mark.parametrize("token", ["x", "A" * 43, "a/b", "%00", "A" * 42 + "=", "A" * 3000])
def test_garbage_is_said_without_a_fault_and_is_not_logged(
    browser: Client, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    followed = browser.get(f"/account/password/link/{token}", follow=True)
    sent = browser.post("/account/password/new/", TWICE)

    assert (followed.status_code, sent.status_code) == (400, 400)
    assert heading(followed) == heading(sent) == "Este enlace no funciona"
    assert f"link/{token}" not in caplog.text


def test_link_of_somebody_else_names_its_account(
    browser: Client, send: Callable[..., Any], alice: User, mallory: User
) -> None:
    browser.force_login(alice)
    asked(send, browser, "mallory@example.org")

    page = browser.get("/account/password/new/").content.decode()

    assert 'value="mallory@example.org"' in page


@pytest.mark.parametrize(
    "path", ["/account/password-reset/", "/account/password/new/", "/account/email/confirm/"]
)
def test_form_without_csrf_token_is_refused(db: None, path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, TWICE).status_code == 403


@pytest.mark.parametrize(
    ("language", "said"), [("es", "Restablezca su contraseña"), ("en", "Reset your password")]
)
def test_pages_are_in_the_language_of_the_browser(browser: Client, language: str, said: str) -> None:
    assert heading(browser.get("/account/password-reset/", headers={"Accept-Language": language})) == said


@pytest.mark.parametrize(
    "path",
    [
        "/account/password-reset/",
        "/account/password-reset/sent/",
        "/account/password/set/",
        "/account/password/changed/",
        "/account/email/sent/",
        "/account/email/confirmed/",
        "/account/email/changed/",
        "/api/browser/login/",
    ],
)
def test_no_page_holds_a_script_or_a_style_of_its_own(browser: Client, path: str) -> None:
    page = page_of(browser.get(path).content.decode())

    assert page.all("script") == []
    assert page.all("style") == []
    assert not [each for each in page.inner if "style" in each.attributes]


# --- One's own password.


def test_well_known_address_leads_to_the_page(browser: Client, alice: User) -> None:
    stranger = browser.get("/.well-known/change-password", follow=True)
    browser.force_login(alice)
    herself = browser.get("/.well-known/change-password", follow=True)

    assert stranger.redirect_chain == [("/account/password/", 302), ("/account/password-reset/", 302)]
    assert heading(stranger) == "Restablezca su contraseña"
    assert (heading(herself), herself.redirect_chain) == (
        "Cambie su contraseña",
        [("/account/password/", 302)],
    )


def test_own_password_is_changed_and_this_browser_stays(
    browser: Client, send: Callable[..., Any], alice: User
) -> None:
    browser.force_login(alice)
    elsewhere = Client()
    elsewhere.force_login(alice)

    wrong = send("/account/password/", {"current_password": "wrong", **TWICE})
    done = send("/account/password/", {"current_password": PASSWORD, **TWICE}, follow=True)

    assert len(sentences(wrong)) == 1
    assert heading(done) == "Su contraseña ha cambiado"
    assert browser.get("/api/v1/me/").status_code == 200
    assert elsewhere.get("/api/v1/me/").status_code == 401


# --- One's own address.


def test_address_changes_by_both_links(browser: Client, send: Callable[..., Any], alice: User) -> None:
    browser.force_login(alice)
    fields = {"new_email": "alice@example.net", "current_password": PASSWORD}
    sent = send("/account/email/", fields, follow=True)

    headings = []
    for address in ("alice@example.org", "alice@example.net"):
        asked = browser.get(link_in(mail_to(address)), follow=True)
        assert "alice@example.net" in asked.content.decode()
        headings.append(heading(send("/account/email/confirm/", {}, follow=True)))

    assert heading(sent) == "Revise los dos buzones"
    assert headings == ["Confirmado por una dirección", "Su correo electrónico ha cambiado"]
    alice.refresh_from_db()
    assert alice.email == "alice@example.net"


def test_address_is_asked_for_by_those_who_are_signed_in(browser: Client, db: None) -> None:
    answer = browser.get("/account/email/")

    assert answer["Location"] == "/api/browser/login/?next=/account/email/"


def test_wrong_password_stands_beside_its_field(
    browser: Client, send: Callable[..., Any], alice: User
) -> None:
    browser.force_login(alice)

    refused = send("/account/email/", {"new_email": "a@example.net", "current_password": "wrong"})

    assert sentences(refused) == ["Esta no es su contraseña actual."]
    assert mail.outbox == []


def test_signing_in_from_an_account_page_does_not_come_back_to_it(browser: Client) -> None:
    page = browser.get("/account/password-reset/").content.decode()

    assert '/api/browser/login/?next=/api/v1/"' in page
    assert "next=/account/" not in page
