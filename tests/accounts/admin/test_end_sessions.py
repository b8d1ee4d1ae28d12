"""An administrator ends all sessions of a person from the person's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from tests.accounts.admin.browsing import clerk, event_types, page_url, signed_in, superuser
from tests.accounts.journeys import NOW, start_session
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

CLERK = ("view_user", "change_refreshsession", "view_refreshsession")


def test_the_page_asks_once_more_and_ends_everything(boss: Client) -> None:
    alice = UserFactory.create()
    browser = signed_in(alice)
    start_session(alice, now=NOW)
    url = page_url(alice, "end_sessions")

    assert url in boss.get(page_url(alice)).content.decode()
    assert "log in again on every device" in boss.get(url, headers={"Accept-Language": "en"}).content.decode()
    assert alice.refresh_sessions.filter(ended_at__isnull=True).exists()

    answer = boss.post(url)

    assert (answer.status_code, answer["Location"]) == (302, page_url(alice))
    assert not alice.refresh_sessions.filter(ended_at__isnull=True).exists()
    assert browser.get("/api/v1/me/").status_code == 401
    assert event_types()[-1] == "refresh_session.ended"


def test_where_only_a_browser_is_signed_in_its_ending_is_audited_too(boss: Client) -> None:
    alice = UserFactory.create()
    browser = signed_in(alice)

    boss.post(page_url(alice, "end_sessions"))

    assert browser.get("/api/v1/me/").status_code == 401
    assert event_types()[-1] == "browser_session.ended"


def test_a_clerk_ends_no_session_of_whoever_may_do_more(db: None) -> None:
    root = superuser()
    start_session(root, now=NOW)

    signed_in(clerk(*CLERK)).post(page_url(root, "end_sessions"))

    assert root.refresh_sessions.filter(ended_at__isnull=True).exists()


def test_people_of_another_tenant_are_not_found(db: None) -> None:
    mallory = signed_in(clerk(*CLERK, tenant=TenantFactory.create()))
    alice = UserFactory.create()

    assert mallory.get(page_url(alice, "end_sessions")).status_code == 404
    assert mallory.post(page_url(alice, "end_sessions")).status_code == 404


def test_whoever_may_only_look_is_refused(db: None) -> None:
    alice = UserFactory.create()
    client = signed_in(clerk("view_user", "view_refreshsession"))

    assert page_url(alice, "end_sessions") not in client.get(page_url(alice)).content.decode()
    assert client.post(page_url(alice, "end_sessions")).status_code == 403
    assert User.objects.filter(browser_session_marker__isnull=True, pk=alice.pk).exists()
