"""Passwords, somebody's and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.models import User
from tests.accounts.admin.browsing import event_types, page_url
from tests.accounts.journeys import NOW, start_session
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from django.test import Client

NEW = "another long passphrase 2026"


def test_set_password_ends_all_sessions(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=NOW)

    answer = boss.post(page_url(alice, "password"), {"password1": NEW, "password2": NEW})

    assert answer.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert not alice.refresh_sessions.filter(ended_at__isnull=True).exists()
    assert event_types()[-2:] == ["password.set", "refresh_session.ended"]


def test_password_that_breaks_a_rule_is_an_error_beside_its_field(boss: Client) -> None:
    alice = UserFactory.create()

    short = boss.post(page_url(alice, "password"), {"password1": "short", "password2": "short"})
    different = boss.post(page_url(alice, "password"), {"password1": NEW, "password2": PASSWORD})

    assert "password1" in short.context["form"].errors
    assert "password2" in different.context["form"].errors
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_own_password_goes_through_the_service(boss: Client) -> None:
    myself = User.objects.get(email="boss@example.org")
    url = reverse("admin:password_change")
    typed = {"password1": NEW, "password2": NEW}

    wrong = boss.post(url, typed | {"current_password": "guess"})
    answer = boss.post(url, typed | {"current_password": PASSWORD})

    assert "current_password" in wrong.context["form"].errors
    assert answer.status_code == 302
    assert event_types() == ["credentials.rejected", "password.changed"]
    myself.refresh_from_db()
    assert myself.check_password(NEW)
    assert boss.get(reverse("admin:index")).status_code == 200
