"""A mail is in the person's language, leaves after the commit, and fails without consequences."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from accounts.mails import outbox as room
from accounts.mails.services import send_mail_to
from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[..., User]:
    """Return what sends the mail about a new device, to somebody, and commits."""

    def send_to(locale: str = "es", **context: object) -> User:
        alice: User = UserFactory.create(locale=locale)
        with django_capture_on_commit_callbacks(execute=True):
            send_mail_to(alice, template="device_first_seen", context=CONTEXT | context)
        return alice

    return send_to


CONTEXT: dict[str, Any] = {
    "device": "Pixel 9",
    "platform": "android",
    "ip": "192.0.2.1",
    "at": timezone.now(),
}


@pytest.mark.parametrize(("locale", "subject"), [("es", "Nuevo inicio de sesión"), ("en", "New sign-in")])
def test_a_mail_is_in_the_persons_language(locale: str, subject: str, send: Callable[..., User]) -> None:
    alice = send(locale)

    (sent,) = mail.outbox
    assert sent.subject.startswith(subject)
    assert sent.to == [alice.email]
    assert "Pixel 9" in sent.body


def test_what_is_rolled_back_sends_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    alice = UserFactory.create()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        send_mail_to(alice, template="device_first_seen", context=CONTEXT)
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_links_lead_to_the_issuer(settings: Settings, send: Callable[..., User]) -> None:
    settings.AUTHSITE_ISSUER = "https://login.example.com"

    send()

    assert "https://login.example.com/" in mail.outbox[0].body
    assert mail.outbox[0].subject.endswith("login.example.com")


def test_no_text_escapes_its_line_and_none_is_html(send: Callable[..., User]) -> None:
    device = "Tom & Jerry\r\nBcc: mallory@example.org\u2028Click here"

    send(device=device)

    assert "Tom & Jerry Bcc: mallory@example.org Click here\n" in mail.outbox[0].body


def test_a_mail_server_that_fails_is_logged_and_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, send: Callable[..., User]
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    alice = send()

    assert f"mail device_first_seen to {alice.pk} not sent" in caplog.text
    assert alice.email not in caplog.text


def test_so_many_mails_wait_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, send: Callable[..., User]
) -> None:
    monkeypatch.setattr(room, "MOST_WAITING", 0)
    full = room.Outbox()
    monkeypatch.setattr("accounts.mails.services.outbox", full)

    send()

    assert mail.outbox == []
    assert "0 are waiting already" in caplog.text


def test_a_mail_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(TemplateDoesNotExist):
        send_mail_to(UserFactory.create(), template="nothing", context={})


def test_threads_send_too() -> None:
    own = room.Outbox()

    own.send(
        mail.EmailMessage("Subject", "Body", to=["alice@example.org"]),
        template="test",
        sub=UserFactory.create().pk,
    )
    own.executor.shutdown(wait=True)

    assert [sent.subject for sent in mail.outbox] == ["Subject"]
