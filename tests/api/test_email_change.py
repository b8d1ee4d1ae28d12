"""A person changes the address of their account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail

from tests.accounts.mailed import mail_to, token_in
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User

ASK = "/api/v1/auth/email/"
CONFIRM = "/api/v1/auth/email/confirm/"
NEW = "alice@example.net"


@pytest.fixture
def ask(
    api: ApiClient, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[..., HttpResponse]:
    """Return what asks for another address for Alice, and sends the mails."""
    api.log_in("alice@example.org")

    def ask(new_email: str = NEW, password: str = PASSWORD) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return api.post(ASK, {"new_email": new_email, "current_password": password})

    return ask


def confirm(address: str) -> HttpResponse:
    return ApiClient().post(CONFIRM, {"token": token_in(mail_to(address))})


def test_address_changes_when_both_have_confirmed(
    ask: Callable[..., HttpResponse],
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert ask().status_code == 204

    assert read(confirm("alice@example.org")) == {"changed": False}
    with django_capture_on_commit_callbacks(execute=True):
        assert read(confirm(NEW)) == {"changed": True}

    alice.refresh_from_db()
    assert alice.email == NEW
    assert mail_to("alice@example.org").subject.startswith("Ha cambiado la dirección")


def test_same_link_confirms_once(ask: Callable[..., HttpResponse]) -> None:
    ask()
    confirm(NEW)

    assert read(confirm(NEW), 400)["code"] == "invalid_link"


@pytest.mark.parametrize(
    ("new_email", "password", "field"),
    [
        (NEW, "wrong", "current_password"),
        ("x", PASSWORD, "new_email"),
        ("Alice@example.org", PASSWORD, "new_email"),
    ],
)
def test_refusal_names_the_field_and_sends_nothing(
    ask: Callable[..., HttpResponse], new_email: str, password: str, field: str
) -> None:
    assert list(read(ask(new_email, password), 400)["error"]) == [field]
    assert mail.outbox == []


def test_address_that_is_taken_is_answered_like_any_other(
    ask: Callable[..., HttpResponse], bob: User
) -> None:
    answer = ask("bob@example.org")

    assert (answer.status_code, answer.content) == (204, b"")
    assert "/link/" not in mail_to("bob@example.org").body


def test_link_of_a_reset_confirms_no_address(
    ask: Callable[..., HttpResponse], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ApiClient().post("/api/v1/auth/password-reset/", {"email": "alice@example.org"})

    assert read(confirm("alice@example.org"), 400)["code"] == "invalid_link"
