"""A password by a link in a mail: asked for by anybody, opened by the owner of the mailbox alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import conf
from accounts.audit.models import AuditEvent
from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink
from accounts.mail_links.services import LIFETIME
from accounts.services import after_answer as room
from accounts.services.password_links import (
    request_password_reset,
)
from tests.accounts.change_log.commits import written
from tests.accounts.journeys import NOW, ORIGIN, row_of, start_session
from tests.accounts.mailed import NEW_PASSWORD, link_in, reset
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def test_a_reset_sets_the_password_and_ends_every_session(ask: Callable[..., str]) -> None:
    alice = UserFactory.create()
    phone = start_session(alice)

    token = ask(alice)
    with written() as entries:
        reset(token)

    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert row_of(phone).end_reason == "password_reset"
    assert ("sid", str(phone.sid), "-") in entries
    types = list(AuditEvent.objects.order_by("id").values_list("type", flat=True))
    assert types[-3:] == ["password_reset.requested", "password.reset", "refresh_session.ended"]
    assert AuditEvent.objects.get(type="password.reset").facts == {"first": False}


def test_a_token_works_once(ask: Callable[..., str]) -> None:
    alice = UserFactory.create()
    token = ask(alice)
    reset(token)

    with pytest.raises(InvalidLinkError):
        reset(token, "yet another long passphrase")

    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)


def test_a_password_that_breaks_a_rule_leaves_the_link_good(ask: Callable[..., str]) -> None:
    alice = UserFactory.create()
    token = ask(alice)

    with pytest.raises(ValidationError) as refusal:
        reset(token, "short")

    assert set(refusal.value.message_dict) == {"new_password"}
    reset(token)


def test_a_newer_request_makes_the_older_link_void(ask: Callable[..., str]) -> None:
    alice = UserFactory.create()
    older, newer = ask(alice), ask(alice)

    with pytest.raises(InvalidLinkError):
        reset(older)
    reset(newer)


def test_a_link_expires(ask: Callable[..., str]) -> None:
    token = ask(UserFactory.create())

    with pytest.raises(InvalidLinkError):
        reset(token, at=NOW + LIFETIME)


def test_a_token_opens_its_owners_account_alone(ask: Callable[..., str]) -> None:
    alice, mallory = UserFactory.create(), UserFactory.create()
    ask(alice)

    assert reset(ask(mallory)) == mallory

    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def nobody() -> str:
    return "nobody@example.org"


def inactive() -> str:
    return UserFactory.create(is_active=False).email


def of_a_retired_tenant() -> str:
    return UserFactory.create(tenant=TenantFactory.create(retired_at=NOW)).email


def somebody() -> str:
    return UserFactory.create().email


@pytest.mark.parametrize("whose", [nobody, inactive, of_a_retired_tenant, somebody])
def test_a_request_does_nothing_that_depends_on_the_account(
    whose: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    email = whose()
    waiting: list[Any] = []
    monkeypatch.setattr(room.after_answer, "do", lambda work, *, what: waiting.append(what))

    with CaptureQueriesContext(connection) as queries:
        request_password_reset(email=email, origin=ORIGIN, now=NOW)

    # Only the limiter's, where the database counts: it is asked about unknown addresses, too.
    assert len(queries) == (0 if conf.redis_place() else 1)
    assert waiting == ["password reset"]


@pytest.mark.parametrize("whose", [nobody, inactive, of_a_retired_tenant])
def test_who_may_not_log_in_gets_no_mail_and_no_event(
    whose: Callable[[], str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    email = whose()

    with django_capture_on_commit_callbacks(execute=True):
        request_password_reset(email=email, origin=ORIGIN, now=NOW)

    assert mail.outbox == []
    assert not MailLink.objects.exists()
    assert not AuditEvent.objects.filter(subject_kind="user").exists()


def test_the_mail_goes_to_the_address_of_the_account_however_it_was_typed(ask: Callable[..., str]) -> None:
    alice = UserFactory.create(email="alice@example.org")

    ask(alice, " \uff21lice@Example.ORG")

    assert [sent.to for sent in mail.outbox] == [["alice@example.org"]]


@pytest.mark.parametrize(("locale", "subject"), [("es", "Elija una contraseña"), ("en", "Choose a new")])
def test_the_mail_is_in_the_persons_language_and_leads_to_the_issuer(
    ask: Callable[..., str], locale: str, subject: str, settings: Settings
) -> None:
    settings.AUTHSITE_ISSUER = "https://login.example.com"
    alice = UserFactory.create(locale=locale)

    ask(alice)

    (sent,) = mail.outbox
    assert sent.subject.startswith(subject)
    assert f"https://login.example.com{link_in(sent)}\n" in sent.body


def test_no_token_and_no_password_is_recorded_or_logged(
    ask: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    alice = UserFactory.create()
    first = ask(alice)
    reset(first)
    second = ask(alice)
    with pytest.raises(InvalidLinkError):
        reset(first)

    written = f"{list(AuditEvent.objects.values())} {list(MailLink.objects.values())} {caplog.text}"

    assert not [secret for secret in (first, second, NEW_PASSWORD) if secret in written]


def test_a_person_without_a_password_may_ask_for_one(ask: Callable[..., str]) -> None:
    alice = UserFactory.create(password=make_password(None))

    reset(ask(alice))

    assert AuditEvent.objects.get(type="password.reset").facts == {"first": True}
