"""Browser sessions end with whatever ends all sessions, and nothing brings them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BrowserSessionMarker, User
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.credentials import change_password, set_password
from accounts.services.tenants import restore_tenant, retire_tenant
from accounts.services.users import change_user
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

NEW = "a brand new long password"


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    assert is_signed_in(browser)
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/api/v1/me/").status_code == 200


def end_all(user: User) -> None:
    end_refresh_sessions(user=user, reason=EndReason.ENDED_BY_SUBJECT, actor=SYSTEM, now=NOW)


def deactivate_and_back(user: User) -> None:
    change_user(user_id=user.pk, is_active=False, actor=SYSTEM, now=NOW)
    change_user(user_id=user.pk, is_active=True, actor=SYSTEM, now=NOW)


def deactivate_behind_our_back(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    change_user(user_id=user.pk, is_active=True, actor=SYSTEM, now=NOW)


def close_and_open_their_tenant(user: User) -> None:
    assert user.tenant_id
    retire_tenant(tenant_id=user.tenant_id, actor=SYSTEM, now=NOW)
    restore_tenant(tenant_id=user.tenant_id, actor=SYSTEM, now=NOW)


def change_their_password(user: User) -> None:
    change_password(
        user_id=user.pk, current_password=PASSWORD, new_password=NEW, keep=None, origin=ORIGIN, now=NOW
    )


def set_their_password(user: User) -> None:
    set_password(user_id=user.pk, new_password=NEW, actor=SYSTEM, now=NOW)


ENDINGS = [
    end_all,
    deactivate_and_back,
    deactivate_behind_our_back,
    close_and_open_their_tenant,
    change_their_password,
    set_their_password,
]


@pytest.mark.parametrize("end", ENDINGS)
def test_a_browser_session_ends_and_no_stale_save_brings_it_back(end: Callable[[User], None]) -> None:
    alice = UserFactory.create(tenant=TenantFactory.create())
    stale = User.objects.with_browser_session_marker().get(pk=alice.pk)
    browser = signed_in(alice)

    end(alice)
    stale.save()

    assert not is_signed_in(browser)
    assert is_signed_in(signed_in(User.objects.get(pk=alice.pk)))


def test_nobody_else_is_signed_out() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    browser = signed_in(bob)

    end_all(alice)

    assert is_signed_in(browser)


def test_no_marker_ever_comes_back() -> None:
    alice = UserFactory.create()
    markers = set()
    for _time in range(3):
        end_all(alice)
        markers.add(BrowserSessionMarker.objects.get(user=alice).marker)

    assert len(markers) == 3


def test_a_sign_in_in_flight_does_not_outlive_the_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, browser = UserFactory.create(is_staff=True), Client()
    verified = User.may_log_in

    def end_meanwhile(user: User) -> bool:
        monkeypatch.setattr(User, "may_log_in", verified)
        end_all(user)
        return verified(user)

    monkeypatch.setattr(User, "may_log_in", end_meanwhile)
    browser.post(reverse("admin:login"), {"username": alice.email, "password": PASSWORD})

    assert not is_signed_in(browser)


def test_a_browser_session_costs_no_statement_more(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    alice = UserFactory.create()
    end_all(alice)
    read = User.objects.with_browser_session_marker().get(pk=alice.pk)

    with django_assert_num_queries(0):
        read.get_session_auth_hash()


def test_sessions_survive_a_new_secret_key(settings: Settings) -> None:
    alice = UserFactory.create()
    end_all(alice)
    before = alice.get_session_auth_hash()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-tests" * 3

    assert before in list(alice.get_session_auth_fallback_hash())


def test_the_marker_goes_with_the_person() -> None:
    alice = UserFactory.create()
    end_all(alice)

    alice.delete()

    assert not BrowserSessionMarker.objects.exists()
