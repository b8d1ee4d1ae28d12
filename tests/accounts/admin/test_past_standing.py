"""The page that says what a person could do at a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.services.users import assign_role, change_user, create_user, delete_user
from tests.accounts.admin.browsing import clerk, page_url, signed_in
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

HOUR = timedelta(hours=1)


@pytest.fixture
def ana(db: None) -> User:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    user = create_user(email="ana@example.org", name="Ana", tenant=ours, actor=SYSTEM, now=NOW)
    said: dict[str, Any] = {"user_id": user.pk, "actor": SYSTEM}
    assign_role(role=RoleFactory.create(code="editor"), now=NOW + 2 * HOUR, **said)
    change_user(tenant=theirs, email="ana@theirs.example", now=NOW + 4 * HOUR, **said)
    return user


def page_of(user: User) -> str:
    return reverse("admin:audit_auditevent_past_standing", args=[user.pk])


def asked(client: Client, user: User, at: str) -> Any:
    return client.get(page_of(user), {"at": at})


def test_page_is_reached_from_the_person_and_from_their_events(boss: Client, ana: User) -> None:
    event = AuditEvent.objects.get(type="role.assigned")

    for page in (page_url(ana), page_url(event)):
        assert page_of(ana) in boss.get(page).content.decode()
    assert f"{page_of(ana)}?at=2026-03-02T11:00:00" in boss.get(page_url(event)).content.decode()


def test_page_asks_for_a_moment_first(boss: Client, ana: User) -> None:
    answer = boss.get(page_of(ana))

    assert "standing" not in answer.context
    assert 'type="datetime-local"' in answer.content.decode()
    assert "Enter a valid date" in asked(boss, ana, "yesterday").content.decode()


def test_page_shows_what_the_person_could_do_and_what_that_rests_on(boss: Client, ana: User) -> None:
    answer = asked(boss, ana, "2026-03-02T12:00")

    standing = answer.context["standing"]
    assert (standing.roles, standing.tenant, standing.email) == (("editor",), "ours", "ana@example.org")
    assert [line.event.type for line in answer.context["rests_on"]] == ["role.assigned", "user.created"]
    assert [line.event.type for line in answer.context["undone"]] == ["user.changed", "user.changed"]
    page = answer.content.decode()
    assert "The events that it rests on" in page
    assert "no such account" in asked(boss, ana, "2026-03-02T08:59").content.decode()


def test_a_doubt_is_shown(boss: Client, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(name="X")

    assert "“name” was changed by something" in asked(boss, ana, "2026-03-02T12:00").content.decode()


def test_page_outlives_the_person(boss: Client, ana: User) -> None:
    delete_user(user_id=ana.pk, actor=SYSTEM, now=NOW + 6 * HOUR)

    answer = asked(boss, ana, "2026-03-02T14:00")

    assert answer.context["standing"].tenant == "theirs"
    assert "ana@theirs.example" in answer.context["title"]
    assert boss.get(page_of(User(pk=uuid4()))).status_code == 404


def test_staff_of_a_tenant_learn_nothing_of_another(ana: User) -> None:
    theirs = signed_in(clerk("view_user", "view_auditevent", tenant=ana_tenant(ana)))

    before = asked(theirs, ana, "2026-03-02T12:00")
    assert before.context.get("standing") is None
    assert "ours" not in before.content.decode().replace("ours.", "").split("content-main")[1]
    after = asked(theirs, ana, "2026-03-02T14:00")
    assert after.context["standing"].roles == ("editor",)
    assert {line.event.tenant for line in after.context["rests_on"]} == {"theirs"}


def ana_tenant(ana: User) -> Any:
    return User.objects.get(pk=ana.pk).tenant


def test_staff_of_another_tenant_find_nobody(ana: User) -> None:
    strangers = signed_in(clerk("view_user", "view_auditevent", tenant=TenantFactory.create()))

    assert strangers.get(page_of(ana)).status_code == 404


@pytest.mark.parametrize("codename", ["view_user", "view_auditevent"])
def test_page_needs_both_permissions(ana: User, codename: str) -> None:
    half = signed_in(clerk(codename))

    assert half.get(page_of(ana)).status_code == 403


def test_page_of_a_person_without_events_opens(boss: Client) -> None:
    alice = UserFactory.create(created_at=NOW)

    assert asked(boss, alice, "2026-03-02T12:00").context["standing"].exists
