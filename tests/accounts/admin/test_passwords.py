"""Passwords, somebody's and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.urls import reverse

from accounts.models import User
from tests.accounts.admin.browsing import act_on, event_types, page_url
from tests.accounts.mailed import token_in
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

NEW = "another long passphrase 2026"


def test_administrator_has_a_person_choose_a_password_and_never_learns_it(
    boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    alice = UserFactory.create()
    invited = UserFactory.create(password=make_password(None))

    with django_capture_on_commit_callbacks(execute=True):
        asked = boss.get(page_url(alice, "invite"))
        answers = [boss.post(page_url(user, "invite"), follow=True) for user in (alice, invited)]

    assert "password1" not in asked.content.decode()
    assert event_types() == ["password_reset.requested", "invitation.sent"]
    assert [sent.to for sent in mail.outbox] == [[alice.email], [invited.email]]
    for answer, sent in zip(answers, mail.outbox, strict=True):
        assert token_in(sent) not in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_whoever_may_not_log_in_is_not_invited(boss: Client) -> None:
    gone = UserFactory.create(is_active=False)

    one = boss.post(page_url(gone, "invite"), follow=True)
    many = act_on(boss, [gone], "invite")

    assert "may not log in" in one.content.decode()
    assert "may not log in" in many.content.decode()
    assert event_types() == []


def test_many_are_invited_at_once(boss: Client) -> None:
    people = [UserFactory.create(password=make_password(None)) for _number in range(3)]

    assert act_on(boss, people, "invite").status_code == 302

    assert event_types() == ["invitation.sent"] * 3


def test_page_that_set_a_password_is_gone(boss: Client) -> None:
    alice = UserFactory.create()

    answer = boss.post(page_url(alice, "change").replace("change", "password"), {"password1": NEW})

    assert answer.status_code in {302, 404}
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
