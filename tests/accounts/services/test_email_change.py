"""Another address for one's own account: both addresses confirm it, or nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.audit.models import AuditEvent
from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink
from accounts.mail_links.services import LIFETIME
from accounts.services.credentials import set_password
from accounts.services.email_change import confirm_email_change, read_email_change, request_email_change
from accounts.services.users import change_user
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM
from tests.accounts.mailed import mail_to, token_in
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User

pytestmark = pytest.mark.django_db

OLD, NEW = "alice@example.org", "alice@example.net"


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email=OLD)


@pytest.fixture
def ask(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[..., None]:
    """Return what asks for another address, and sends the mails."""

    def ask(new_email: str = NEW, password: str = PASSWORD) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            request_email_change(
                user_id=alice.pk, new_email=new_email, current_password=password, origin=ORIGIN, now=NOW
            )

    return ask


def confirm(address: str, *, at: Any = NOW) -> bool:
    return confirm_email_change(token=token_in(mail_to(address)), origin=ORIGIN, now=at)


def address_of(user: User) -> str:
    user.refresh_from_db()
    return user.email


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_the_second_confirmation_makes_the_change(
    alice: User, ask: Callable[..., None], order: tuple[str, str]
) -> None:
    ask()
    first, second = order

    assert not confirm(first)
    assert address_of(alice) == OLD
    assert confirm(second)
    assert address_of(alice) == NEW
    events = AuditEvent.objects.filter(subject_kind="user").order_by("id").values_list("type", flat=True)
    assert list(events) == [
        "email_change.requested",
        "email_change.confirmed",
        "email_change.confirmed",
        "user.changed",
    ]
    assert AuditEvent.objects.get(type="user.changed").changes == {"email": [OLD, NEW]}


@pytest.mark.parametrize("address", [OLD, NEW])
def test_one_address_alone_changes_nothing_however_often_it_confirms(
    alice: User, ask: Callable[..., None], address: str
) -> None:
    ask()
    confirm(address)

    with pytest.raises(InvalidLinkError):
        confirm(address)
    assert address_of(alice) == OLD


def test_a_link_says_what_it_would_change(ask: Callable[..., None]) -> None:
    ask(" Alice@Example.NET ")

    change = read_email_change(token=token_in(mail_to(NEW)), now=NOW)

    assert (change.old_email, change.new_email) == (OLD, NEW)


def test_a_wrong_password_asks_for_nothing_and_is_recorded(ask: Callable[..., None]) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(password="wrong")

    assert set(refusal.value.message_dict) == {"current_password"}
    assert mail.outbox == []
    assert AuditEvent.objects.filter(type="credentials.rejected").count() == 1


@pytest.mark.parametrize("written", ["", "x", "x@", OLD, "ALICE@example.org", "x" * 250 + "@example.org"])
def test_an_address_that_is_none_or_the_same_is_refused(ask: Callable[..., None], written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(written)

    assert set(refusal.value.message_dict) == {"new_email"}
    assert mail.outbox == []


def test_a_newer_request_makes_the_older_one_void(alice: User, ask: Callable[..., None]) -> None:
    ask("first@example.net")
    confirm(OLD)
    ask()

    with pytest.raises(InvalidLinkError):
        confirm("first@example.net")
    assert not confirm(NEW)
    assert address_of(alice) == OLD


def test_links_expire(alice: User, ask: Callable[..., None]) -> None:
    ask()
    confirm(OLD)

    with pytest.raises(InvalidLinkError):
        confirm(NEW, at=NOW + LIFETIME)
    assert address_of(alice) == OLD


def new_password(alice: User) -> None:
    set_password(user_id=alice.pk, new_password="another long passphrase", actor=SYSTEM, now=NOW)


def deactivated(alice: User) -> None:
    change_user(user_id=alice.pk, is_active=False, actor=SYSTEM, now=NOW)


def address_by_an_administrator(alice: User) -> None:
    change_user(user_id=alice.pk, email="third@example.org", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("meanwhile", [new_password, deactivated, address_by_an_administrator])
def test_what_happens_meanwhile_makes_the_links_void(
    alice: User, ask: Callable[..., None], meanwhile: Callable[[User], None]
) -> None:
    ask()
    confirm(OLD)
    meanwhile(alice)

    with pytest.raises(InvalidLinkError):
        confirm(NEW)
    assert address_of(alice) != NEW


def test_an_address_that_is_taken_is_told_to_its_owner_alone(alice: User, ask: Callable[..., None]) -> None:
    UserFactory.create(email=NEW, locale="en")

    ask()

    assert mail_to(OLD).subject.startswith("Confirme")
    assert mail_to(NEW).subject.startswith("Your address")
    assert "/link/" not in mail_to(NEW).body
    confirm(OLD)
    assert address_of(alice) == OLD


def test_an_address_that_is_taken_meanwhile_changes_nothing(alice: User, ask: Callable[..., None]) -> None:
    ask()
    confirm(OLD)
    UserFactory.create(email=NEW)

    with pytest.raises(ValidationError):
        confirm(NEW)
    assert address_of(alice) == OLD


def test_the_old_address_is_told_of_every_change(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_user(user_id=alice.pk, email=NEW, actor=SYSTEM, now=NOW)
        change_user(user_id=alice.pk, name="Alicia", actor=SYSTEM, now=NOW)

    (sent,) = mail.outbox
    assert sent.to == [OLD]
    assert NEW in sent.body


def test_no_token_is_recorded(ask: Callable[..., None]) -> None:
    ask()
    tokens = {token_in(mail_to(address)) for address in (OLD, NEW)}
    confirm(OLD)

    written = f"{list(AuditEvent.objects.values())} {list(MailLink.objects.values())}"

    assert len(tokens) == 2
    assert not [token for token in tokens if token in written]
