"""A login from a device that the account has not seen is recorded, and the person is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.session_tokens import Device, IssuedTokens
from tests.accounts.journeys import start_session
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User

pytestmark = pytest.mark.django_db


class Phone:
    """Logs in, and commits."""

    def __init__(self, capture: DjangoCaptureOnCommitCallbacks) -> None:
        self._capture = capture

    def log_in(self, user: User, token: str | None = None) -> IssuedTokens:
        """Log in from a device that sends ``token``."""
        with self._capture(execute=True):
            return start_session(user, device=Device(name="Pixel 9", platform="android", token=token))


@pytest.fixture
def phone(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Phone:
    return Phone(django_capture_on_commit_callbacks)


def first_seen() -> int:
    return AuditEvent.objects.filter(type="device.first_seen").count()


def test_the_very_first_login_is_no_news(phone: Phone) -> None:
    phone.log_in(UserFactory.create())

    assert (first_seen(), mail.outbox) == (0, [])


@pytest.mark.parametrize(("locale", "says"), [("es", "Si no ha sido usted"), ("en", "If it was not you")])
def test_a_second_device_is_recorded_and_mailed_in_the_persons_language(
    phone: Phone, locale: str, says: str
) -> None:
    alice = UserFactory.create(locale=locale)
    phone.log_in(alice)

    second = phone.log_in(alice)

    event = AuditEvent.objects.get(type="device.first_seen")
    assert event.facts == {"sid": str(second.sid), "device": "Pixel 9", "platform": "android"}
    assert (event.subject_id, event.ip) == (str(alice.pk), "192.0.2.1")
    (sent,) = mail.outbox
    assert sent.to == [alice.email]
    assert all(said in sent.body for said in ("Pixel 9", "android", "192.0.2.1", "UTC", says))


def test_a_known_device_is_no_news(phone: Phone) -> None:
    alice = UserFactory.create()
    known = phone.log_in(alice).device_token

    phone.log_in(alice, known)

    assert (first_seen(), mail.outbox) == (0, [])


@pytest.mark.parametrize("whose", ["nobody's", "bob's"])
def test_a_token_that_is_not_this_accounts_makes_no_device_known(phone: Phone, whose: str) -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    phone.log_in(alice)
    token = phone.log_in(bob).device_token if whose == "bob's" else "1.nonsense"

    phone.log_in(alice, token)

    assert first_seen() == 1
    assert [sent.to for sent in mail.outbox] == [[alice.email]]


def test_sessions_that_were_cleaned_up_still_make_it_a_second_login(phone: Phone) -> None:
    alice = UserFactory.create()
    phone.log_in(alice)
    RefreshSession.objects.all().delete()

    phone.log_in(alice)

    assert first_seen() == 1


def test_a_browser_is_a_device_too_and_is_known_by_its_cookie(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    alice = UserFactory.create(is_staff=True)
    typed = {"username": alice.email, "password": PASSWORD}
    known, other = Client(), Client(headers={"User-Agent": "Firefox"})

    for _ in range(2):
        known.post("/api/browser/login/", typed)
        known.post("/api/browser/logout/")
    assert (first_seen(), mail.outbox) == (0, [])
    with django_capture_on_commit_callbacks(execute=True):
        other.post("/admin/login/", typed)

    event = AuditEvent.objects.get(type="device.first_seen")
    assert event.facts == {"sid": None, "device": "", "platform": "Firefox"}
    (sent,) = mail.outbox
    assert "Firefox" in sent.body
