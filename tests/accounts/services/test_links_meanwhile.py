"""What happens between a link and its use: the account changes, or somebody else uses it at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections

from accounts.audit.models import AuditEvent
from accounts.mail_links.errors import InvalidLinkError
from accounts.models import User
from accounts.services.credentials import change_password
from accounts.services.password_links import (
    request_password_reset,
)
from accounts.services.users import change_user
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM
from tests.accounts.mailed import NEW_PASSWORD, mail_to, reset, token_in
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.django_db


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

    monkeypatch.setattr("accounts.services.password_links.encode_new_password", slowly)

    with pytest.raises(InvalidLinkError):
        reset(token)
    assert not User.objects.get(pk=alice.pk).check_password(NEW_PASSWORD)


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
