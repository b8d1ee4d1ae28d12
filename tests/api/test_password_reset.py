"""A person who has forgotten their password gets a new one by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import conf
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.after_answer import after_answer
from tests.accounts.mailed import mail_to, token_in
from tests.api.client import ApiClient, read
from tests.api.test_browser import signed_in
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from pytest_django import DjangoCaptureOnCommitCallbacks

ASK = "/api/v1/auth/password-reset/"
CONFIRM = "/api/v1/auth/password-reset/confirm/"
NEW = "  another long passphrase  "


@pytest.fixture
def ask(
    api: ApiClient, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[..., HttpResponse]:
    """Return what asks for a reset, and sends the mails."""

    def ask(email: str, **headers: str) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return api.post(ASK, {"email": email}, **headers)

    return ask


def confirm(token: str, password: str = NEW) -> HttpResponse:
    return ApiClient().post(CONFIRM, {"token": token, "new_password": password})


def test_reset_ends_every_session_on_devices_and_in_browsers(
    ask: Callable[..., HttpResponse],
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    phone, browser = ApiClient(), signed_in(alice)
    phone.log_in("alice@example.org")

    assert ask("alice@example.org").status_code == 204
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm(token_in(mail_to("alice@example.org"))).status_code == 204

    assert not RefreshSession.objects.filter(ended_at__isnull=True).exists()
    assert browser.get("/api/v1/me/").status_code == 401
    body = {"email": "alice@example.org", "password": NEW}
    assert ApiClient().post("/api/v1/auth/login/", body).status_code == 200
    assert mail_to("alice@example.org").subject.startswith("Se ha establecido")


@pytest.mark.parametrize("case", ["unknown", "inactive", "known"])
def test_every_address_gets_the_same_answer_after_the_same_queries(
    ask: Callable[..., HttpResponse], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    email = {
        "unknown": "nobody@example.org",
        "inactive": UserFactory.create(is_active=False).email,
        "known": UserFactory.create().email,
    }[case]
    beside: list[Any] = []
    monkeypatch.setattr(after_answer, "do", lambda *work, **_what: beside.extend(work))

    with CaptureQueriesContext(connection) as queries:
        answer = ask(email)

    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")
    # The limiter's alone, where the database counts: it is the same for every address.
    assert (len(queries), len(beside)) == (0 if conf.redis_place() else 1, 1)


def test_link_leads_to_the_issuer_whatever_host_was_asked(
    ask: Callable[..., HttpResponse], alice: User, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    ask("alice@example.org", Host="evil.example.net", X_Forwarded_Host="evil.example.net")

    assert "evil" not in mail.outbox[0].body
    assert f"{settings.AUTHSITE_ISSUER}/account/password/link/" in mail.outbox[0].body


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "á", "x" * 101, None, 7])
def test_garbage_is_refused(api: ApiClient, token: Any) -> None:
    problem = read(api.post(CONFIRM, {"token": token, "new_password": NEW}), 400)

    assert problem["code"] in {"invalid_link", "invalid_request"}
    assert "WWW-Authenticate" not in api.post(CONFIRM, {"token": token, "new_password": NEW})


def test_used_token_says_what_to_do(ask: Callable[..., HttpResponse], alice: User) -> None:
    ask("alice@example.org")
    token = token_in(mail.outbox[0])
    confirm(token)

    problem = read(confirm(token), 400)

    assert (problem["code"], problem["action"]) == ("invalid_link", "give_up")
    assert problem["error"] == "Este enlace no es válido, o ya no lo es; pida uno nuevo"
    assert token not in str(problem)


def test_password_that_breaks_a_rule_is_named_and_the_token_stays(
    ask: Callable[..., HttpResponse], alice: User
) -> None:
    ask("alice@example.org")
    token = token_in(mail.outbox[0])

    assert list(read(confirm(token, "short"), 400)["error"]) == ["new_password"]
    assert confirm(token).status_code == 204


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": 1}, {"email": "a@b.org", "next": "x"}])
def test_body_that_is_no_address_is_refused(api: ApiClient, body: dict[str, Any]) -> None:
    assert read(api.post(ASK, body), 400)["code"] == "invalid_request"


# --- Invitations.


def test_person_who_is_created_is_invited_and_chooses_a_password(
    api: ApiClient, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    api.log_in("alice@example.org")

    with django_capture_on_commit_callbacks(execute=True):
        created = read(api.post("/api/v1/users/", {"email": "new@example.org", "name": "New"}), 201)

    token = token_in(mail_to("new@example.org"))
    assert token not in str(created)
    assert confirm(token).status_code == 204
    body = {"email": "new@example.org", "password": NEW}
    assert ApiClient().post("/api/v1/auth/login/", body).status_code == 200


def test_invitation_is_sent_again(
    api: ApiClient, alice: User, bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    api.log_in("alice@example.org")

    with django_capture_on_commit_callbacks(execute=True):
        answers = [api.send("POST", f"/api/v1/users/{bob.pk}/invite/") for _time in range(2)]

    assert [read(answer)["email"] for answer in answers] == ["bob@example.org"] * 2
    first, second = (token_in(sent) for sent in mail.outbox)
    assert (confirm(first).status_code, confirm(second).status_code) == (400, 204)


def test_who_may_not_log_in_is_not_invited(api: ApiClient, alice: User, bob: User) -> None:
    api.log_in("alice@example.org")
    User.objects.filter(pk=bob.pk).update(is_active=False)

    problem = read(api.send("POST", f"/api/v1/users/{bob.pk}/invite/"), 400)

    assert problem["error"] == {
        "non_field_errors": ["Esta persona no puede iniciar sesión; un enlace no abriría nada."]
    }


def test_invitation_is_a_button_on_the_persons_page(alice: User, bob: User) -> None:
    page = signed_in(alice).get(f"/api/v1/users/{bob.pk}/", Accept="text/html").content.decode()
    own = signed_in(alice).get(f"/api/v1/users/{bob.pk}/invite/", Accept="text/html").content.decode()

    assert f"/api/v1/users/{bob.pk}/invite/" in page
    assert "Enviar invitación" in page
    assert "Envía a la persona un enlace" in own
