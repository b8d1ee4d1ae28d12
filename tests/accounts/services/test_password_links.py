"""A password by a link in a mail: asked for by anybody, opened by the owner of the mailbox alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink
from accounts.mail_links.services import LIFETIME
from accounts.models import User
from accounts.services import after_answer as room
from accounts.services.credentials import change_password
from accounts.services.password_links import (
    create_invited_user,
    invite_user,
    request_password_reset,
    reset_password,
)
from accounts.services.users import change_user
from tests.accounts.change_log.commits import written
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM, row_of, start_session
from tests.accounts.mailed import link_in, mail_to, token_in
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

NEW = "another long passphrase 2026"


@pytest.fixture
def ask(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[..., str]:
    """Return what asks for a reset, and reads the token in the mail."""

    def ask(user: User, email: str = "") -> str:
        with django_capture_on_commit_callbacks(execute=True):
            request_password_reset(email=email or user.email, origin=ORIGIN, now=NOW)
        return token_in(mail_to(user.email))

    return ask


def reset(token: str, password: str = NEW, *, at: Any = NOW) -> User:
    return reset_password(token=token, new_password=password, origin=ORIGIN, now=at)


def test_a_reset_sets_the_password_and_ends_every_session(ask: Callable[..., str]) -> None:
    alice = UserFactory.create()
    phone = start_session(alice)

    token = ask(alice)
    with written() as entries:
        reset(token)

    alice.refresh_from_db()
    assert alice.check_password(NEW)
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
    assert alice.check_password(NEW)


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


def changed_password(alice: User) -> None:
    change_password(
        user_id=alice.pk,
        current_password=PASSWORD,
        new_password="the third long passphrase",
        keep=None,
        origin=ORIGIN,
        now=NOW,
    )


def deactivated(alice: User) -> None:
    change_user(user_id=alice.pk, is_active=False, actor=SYSTEM, now=NOW)


def deactivated_and_back(alice: User) -> None:
    deactivated(alice)
    change_user(user_id=alice.pk, email="elsewhere@example.org", is_active=True, actor=SYSTEM, now=NOW)


def moved_to_a_retired_tenant(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(tenant=TenantFactory.create(retired_at=NOW))


def another_address(alice: User) -> None:
    change_user(user_id=alice.pk, email="elsewhere@example.org", actor=SYSTEM, now=NOW)


def deleted(alice: User) -> None:
    alice.delete()


@pytest.mark.parametrize(
    "meanwhile",
    [
        changed_password,
        deactivated,
        deactivated_and_back,
        moved_to_a_retired_tenant,
        another_address,
        deleted,
    ],
)
def test_what_happens_meanwhile_makes_the_link_void(
    ask: Callable[..., str], meanwhile: Callable[[User], None]
) -> None:
    alice = UserFactory.create()
    token = ask(alice)
    meanwhile(alice)

    with pytest.raises(InvalidLinkError):
        reset(token)


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"email": "elsewhere@example.org"}, {"password": "!"}]
)
def test_what_happens_while_the_password_is_hashed_makes_the_link_void(
    ask: Callable[..., str], change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = UserFactory.create()
    token = ask(alice)

    def slowly(password: str, user: User, *, field: str) -> str:
        User.objects.filter(pk=user.pk).update(**change)
        return make_password(password)

    monkeypatch.setattr("accounts.services.password_links.encode_password", slowly)

    with pytest.raises(InvalidLinkError):
        reset(token)
    assert not User.objects.get(pk=alice.pk).check_password(NEW)


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

    assert len(queries) == 0
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

    assert not [secret for secret in (first, second, NEW) if secret in written]


def test_a_person_without_a_password_may_ask_for_one(ask: Callable[..., str]) -> None:
    alice = UserFactory.create(password=make_password(None))

    reset(ask(alice))

    assert AuditEvent.objects.get(type="password.reset").facts == {"first": True}


# --- Invitations.


def test_a_person_who_is_created_is_invited(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        alice = create_invited_user(email="alice@example.org", name="Alice", actor=SYSTEM, now=NOW)

    assert not alice.has_usable_password()
    (sent,) = mail.outbox
    assert sent.subject.startswith("Su cuenta")
    reset(token_in(sent))
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_a_person_who_is_created_inactive_is_not_invited() -> None:
    create_invited_user(email="alice@example.org", name="Alice", is_active=False, actor=SYSTEM, now=NOW)

    assert not MailLink.objects.exists()


def test_a_person_whose_creation_fails_is_not_invited(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    UserFactory.create(email="alice@example.org")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ValidationError):
        create_invited_user(email="alice@example.org", name="Alice", actor=SYSTEM, now=NOW)

    assert mail.outbox == []


def test_an_invitation_is_sent_again_and_the_older_one_is_void(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    alice = UserFactory.create(password=make_password(None))
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            invite_user(user_id=alice.pk, actor=SYSTEM, now=NOW)

    first, second = (token_in(sent) for sent in mail.outbox)

    with pytest.raises(InvalidLinkError):
        reset(first)
    reset(second)
    assert AuditEvent.objects.filter(type="invitation.sent").count() == 2


def test_nobody_invites_people_of_another_tenant_or_those_who_may_do_more() -> None:
    ours = UserFactory.create(tenant=TenantFactory.create(), roles=["admin"])

    for other in (UserFactory.create(), UserFactory.create(tenant=ours.tenant, is_superuser=True)):
        with pytest.raises(NotPermittedError):
            invite_user(user_id=other.pk, actor=ours.as_actor(), now=NOW)
    assert not MailLink.objects.exists()


def test_who_may_not_log_in_is_not_invited() -> None:
    gone = UserFactory.create(is_active=False)

    with pytest.raises(ValidationError):
        invite_user(user_id=gone.pk, actor=SYSTEM, now=NOW)


# --- Threads.


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_parallel_uses_of_one_link_one_sets_the_password() -> None:
    alice = UserFactory.create()
    request_password_reset(email=alice.email, origin=ORIGIN, now=NOW)
    token, together = token_in(mail_to(alice.email)), threading.Barrier(4)

    def use(number: int) -> str:
        together.wait()
        try:
            reset(token, f"the long passphrase number {number}")
        except InvalidLinkError:
            return ""
        finally:
            connections.close_all()
        return f"the long passphrase number {number}"

    with ThreadPoolExecutor(4) as threads:
        (winner,) = filter(None, threads.map(use, range(4)))

    alice.refresh_from_db()
    assert alice.check_password(winner)
    assert AuditEvent.objects.filter(type="password.reset").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_thread_of_its_own_looks_for_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, own = UserFactory.create(), room.AfterAnswer()
    monkeypatch.setattr("accounts.services.password_links.after_answer", own)
    monkeypatch.setattr(room, "close_old_connections", connections.close_all)

    request_password_reset(email=alice.email, origin=ORIGIN, now=NOW)
    own.executor.shutdown(wait=True)

    assert [sent.to for sent in mail.outbox] == [[alice.email]]
    request_password_reset(email=alice.email, origin=ORIGIN, now=NOW)  # the process is ending
    assert len(mail.outbox) == 1


def test_a_failure_beside_the_request_is_logged_and_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("no database")

    room.after_answer.do(broken, what="password reset")

    assert "password reset not done" in caplog.text


def test_so_many_wait_and_no_more(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(room, "MOST_WAITING", 0)
    done: list[int] = []

    room.AfterAnswer().do(lambda: done.append(1), what="password reset")

    assert done == []
    assert "0 are waiting already" in caplog.text
