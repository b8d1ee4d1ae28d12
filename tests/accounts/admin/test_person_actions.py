"""What can be done from the head of a person's page, and by whom: locks, mails, limits, and tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.users import change_user
from tests.accounts.admin.browsing import clerk, event_types, page_url, send, signed_in, superuser
from tests.accounts.admin.person_tabs import ACTIONS, TABS, text
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

    from accounts.models import Role


def test_locking_ends_all_sessions_and_unlocking_lets_in_again(boss: Client, ana: User) -> None:
    start_session(ana, now=timezone.now())

    locked = send(boss, page_url(ana, "lock"), {})

    assert (locked.status_code, locked["Location"]) == (302, page_url(ana))
    assert not User.objects.get(pk=ana.pk).is_active
    assert not RefreshSession.objects.filter(ended_at=None).exists()
    page = text(boss, ana, "change")
    assert f'href="{page_url(ana, "unlock")}"' in page
    assert f'href="{page_url(ana, "lock")}"' not in page

    assert send(boss, page_url(ana, "unlock"), {}).status_code == 302
    assert User.objects.get(pk=ana.pk).is_active
    assert event_types()[-1] == "user.reactivated"


def test_nobody_locks_themselves_out(boss: Client) -> None:
    myself = User.objects.get(email="boss@example.org")

    answer = send(boss, page_url(myself, "lock"), {})

    assert answer.status_code == 200
    myself.refresh_from_db()
    assert myself.is_active


def test_mail_is_an_invitation_without_a_password_and_a_reset_with_one(
    boss: Client, ana: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    new = UserFactory.create(password="!")
    assert page_url(new, "invite") in text(boss, new, "change")
    assert page_url(ana, "invite") not in text(boss, ana, "change")

    with django_capture_on_commit_callbacks(execute=True):
        boss.post(page_url(ana, "reset_password"))

    assert [sent.to for sent in mail.outbox] == [["ana@example.org"]]
    assert event_types()[-1] == "password_reset.requested"


def test_a_clerk_locks_nobody_who_may_do_more(db: None) -> None:
    chief = superuser(email="chief@example.org")
    client = signed_in(clerk("view_user", "change_user", holds_admin=True))

    for name in ("lock", "reset_password", "lift_limits"):
        assert "may do more than yours" in send(client, page_url(chief, name), {}).content.decode()

    chief.refresh_from_db()
    assert chief.is_active


def test_who_failed_too_often_is_let_in_at_once(
    boss: Client,
    ana: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.AUTHSITE_LIMITS = settings.AUTHSITE_LIMITS | {"pair": 1}
    url = page_url(ana, "lift_limits")
    assert f'href="{url}"' not in text(boss, ana, "change")
    typed = {"email": ana.email, "password": "wrong"}
    answers = [Client().post("/api/v1/auth/login/", typed, content_type="application/json") for _ in "12"]
    assert [answer.status_code for answer in answers] == [401, 429]

    page = text(boss, ana, "change")
    assert "Too many failures: wait until" in page
    assert f'href="{url}"' in page
    with django_capture_on_commit_callbacks(execute=True):
        assert boss.post(url).status_code == 302

    assert "Too many failures" not in text(boss, ana, "change")
    assert Client().post("/api/v1/auth/login/", typed, content_type="application/json").status_code == 401


def test_nobody_has_their_own_failures_forgotten(boss: Client, settings: Settings) -> None:
    """Whoever has taken over a browser would guess at its owner's password for as long as they like."""
    settings.AUTHSITE_LIMITS = settings.AUTHSITE_LIMITS | {"pair": 1}
    chief = User.objects.get(email="boss@example.org")
    typed = {"email": chief.email, "password": "wrong"}
    for _ in "12":
        Client().post("/api/v1/auth/login/", typed, content_type="application/json")

    answer = boss.post(page_url(chief, "lift_limits"))

    assert "You cannot have your own failed attempts forgotten" in answer.content.decode()
    page = text(boss, chief, "change")
    assert "Too many failures: wait until" in page
    assert f'href="{page_url(chief, "lift_limits")}"' not in page


# --- Tenants.


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_people_of_another_tenant_are_not_there(ana: User, method: str) -> None:
    start_session(ana, now=timezone.now())
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    everything = Permission.objects.values_list("codename", flat=True)
    client = signed_in(clerk(*everything, tenant=ours, holds_admin=True))

    for tenant in (theirs, None):
        User.objects.filter(pk=ana.pk).update(tenant=tenant)
        for name in (*TABS[1:], *ACTIONS):
            assert getattr(client, method)(page_url(ana, name)).status_code == 404, name

    assert event_types()[-1] == "refresh_session.started"


def test_staff_of_a_tenant_do_all_of_it_for_their_own(ana: User, editor: Role) -> None:
    ours = TenantFactory.create(code="ours")
    change_user(user_id=ana.pk, tenant=ours, actor=SYSTEM, now=NOW)
    everything = Permission.objects.values_list("codename", flat=True)
    client = signed_in(clerk(*everything, tenant=ours, holds_admin=True))

    for name in TABS:
        assert text(client, ana, name)
    assert send(client, page_url(ana, "take_role"), {"role": "editor"}).status_code == 302
    assert send(client, page_url(ana, "lock"), {}).status_code == 302

    ana.refresh_from_db()
    assert (ana.role_codes(), ana.is_active) == ([], False)
