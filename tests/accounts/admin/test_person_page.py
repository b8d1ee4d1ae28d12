"""The tabs of a person's page, and what can be done from its head."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.roles import retire_role
from accounts.services.users import assign_role, change_user
from tests.accounts.admin.browsing import clerk, event_types, page_url, send, signed_in
from tests.accounts.admin.person_tabs import TABS, text
from tests.accounts.journeys import NOW, SYSTEM, row_of, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import Role, User

#: Queries of the tab of devices, with live and ended sessions.
DEVICES_COST = 19


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_the_same_head_and_says_which_one_it_is(boss: Client, ana: User, tab: str) -> None:
    page = text(boss, ana, tab)

    assert f'<a href="{page_url(ana, tab)}" aria-current="page">' in page
    assert all(f'href="{page_url(ana, other)}"' in page for other in TABS)
    assert page.count("<h1") == 1
    assert '<span class="badge is-good">Active</span>' in page


def test_tabs_and_actions_are_those_that_the_viewer_may_open(ana: User) -> None:
    page = text(signed_in(clerk("view_user")), ana, "change")

    assert page_url(ana, "roles") in page
    for name in ("devices", "lock", "invite", "reset_password", "end_sessions"):
        assert f'"{page_url(ana, name)}"' not in page
    assert "past-standing" not in page


@pytest.mark.parametrize(
    ("fields", "badge"),
    [
        ({"is_active": False}, "Locked"),
        ({"is_staff": True}, "Staff"),
        ({"is_staff": True, "is_superuser": True}, "Superuser"),
        ({"password": "!"}, "No password yet"),
    ],
)
def test_badges_say_how_the_account_stands(boss: Client, fields: dict[str, Any], badge: str) -> None:
    assert f">{badge}</span>" in text(boss, UserFactory.create(**fields), "change")


def test_a_retired_tenant_is_said(boss: Client) -> None:
    user = UserFactory.create(tenant=TenantFactory.create(retired_at=NOW))

    assert ">Tenant retired</span>" in text(boss, user, "change")


# --- Roles.


def test_roles_tell_who_gave_them_and_what_they_open(boss: Client, ana: User) -> None:
    page = text(boss, ana, "roles")

    event = AuditEvent.objects.get(type="role.assigned")
    assert "Role given by tests on March 2, 2026, 9 a.m." in page
    assert page_url(event) in page
    assert "Users: view, change" in page
    assert "This person is no staff" in page


def test_a_retired_role_is_held_and_opens_nothing(boss: Client, ana: User, editor: Role) -> None:
    retire_role(role_id=editor.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))

    assert "Role retired by tests on March 2, 2026, 10 a.m." in text(boss, ana, "roles")


def test_place_and_flags_have_an_origin_too(boss: Client, ana: User) -> None:
    department = DepartmentFactory.create(code="compras")
    later = NOW + timedelta(days=1)
    change_user(user_id=ana.pk, department=department, is_staff=True, actor=SYSTEM, now=later)

    facts = {str(fact.label): fact for fact in boss.get(page_url(ana, "roles")).context["facts"]}

    assert facts["Department"].value == str(department)
    assert facts["Department"].origin.sentence == "User changed by tests on March 3, 2026, 9 a.m."
    assert facts["Staff"].origin.sentence == facts["Department"].origin.sentence
    assert facts["Superuser"].origin.sentence == "User created by tests on March 2, 2026, 9 a.m."


def test_roles_cost_the_same_however_many_there_are(
    boss: Client, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text(boss, ana, "roles")
    for number in range(12):
        role = RoleFactory.create(code=f"r{number}")
        role.permissions.set(Permission.objects.all()[:5])
        assign_role(user_id=ana.pk, role=role, actor=SYSTEM, now=NOW)

    with django_assert_num_queries(10):
        text(boss, ana, "roles")


def test_a_role_is_given_after_its_impact_was_seen(boss: Client, ana: User) -> None:
    RoleFactory.create(code="lector")
    url = page_url(ana, "give_role")
    asked = boss.get(url, {"role": "lector"}).content.decode()

    answer = send(boss, url, {"role": "lector"})

    assert '<option value="lector" selected>' in asked
    assert (answer.status_code, answer["Location"]) == (302, page_url(ana, "roles"))
    assert ana.role_codes() == ["editor", "lector"]


def test_a_role_is_taken_after_its_impact_was_seen(boss: Client, ana: User) -> None:
    first = boss.post(page_url(ana, "take_role"), {"role": "editor"})
    assert first.status_code == 200
    assert ana.role_codes() == ["editor"]

    assert send(boss, page_url(ana, "take_role"), {"role": "editor"}).status_code == 302

    assert ana.role_codes() == []
    assert event_types()[-1] == "role.unassigned"


@pytest.mark.parametrize(
    ("action", "role"), [("give_role", "editor"), ("give_role", "old"), ("take_role", "x")]
)
def test_only_roles_that_can_be_given_or_taken_are_offered(
    boss: Client, ana: User, action: str, role: str
) -> None:
    RoleFactory.create(code="old", retired_at=NOW)

    answer = boss.post(page_url(ana, action), {"role": role})

    assert "role" in answer.context["form"].errors
    assert ana.role_codes() == ["editor"]


def test_nobody_gives_by_this_page_what_they_lack(ana: User) -> None:
    RoleFactory.create(code="lector")

    answer = send(
        signed_in(clerk("view_user", "change_user")), page_url(ana, "give_role"), {"role": "lector"}
    )

    assert answer.status_code == 200
    assert ana.role_codes() == ["editor"]


# --- Devices.


def test_live_sessions_are_cards_that_say_what_they_still_carry(boss: Client, ana: User) -> None:
    before = timezone.now() - timedelta(minutes=5)
    start_session(ana, now=before, device=Device(name="Ana's phone", platform="Android"))
    assign_role(user_id=ana.pk, role=RoleFactory.create(code="lector"), actor=SYSTEM, now=timezone.now())

    page = text(boss, ana, "devices")

    assert "Ana&#x27;s phone" in page
    assert "Android" in page
    assert "<code>user_roles</code>" in page
    assert "[&quot;editor&quot;, &quot;lector&quot;]" in page


def test_one_session_is_ended_and_the_others_go_on(boss: Client, ana: User) -> None:
    phone, laptop = (row_of(start_session(ana, now=timezone.now())) for _ in range(2))
    url = page_url(ana, "end_session")

    shown = boss.get(url, {"session": str(phone.sid)}).content.decode()
    answer = boss.post(url, {"session": str(phone.sid)})

    assert f'<option value="{phone.sid}" selected>' in shown
    assert (answer.status_code, answer["Location"]) == (302, page_url(ana, "devices"))
    assert set(RefreshSession.objects.filter(ended_at=None).values_list("sid", flat=True)) == {laptop.sid}


def test_a_session_of_somebody_else_is_not_ended(boss: Client, ana: User) -> None:
    other = row_of(start_session(UserFactory.create(), now=timezone.now()))

    answer = boss.post(page_url(ana, "end_session"), {"session": str(other.sid)})

    assert "session" in answer.context["form"].errors
    assert RefreshSession.objects.filter(ended_at=None).count() == 1


def test_ended_sessions_are_folded_and_paged(boss: Client, ana: User) -> None:
    for number in range(22):
        session = row_of(start_session(ana, now=NOW, device=Device(name=f"Phone {number}")))
        end_refresh_session(user_id=ana.pk, sid=session.sid, reason=EndReason.LOGOUT, actor=SYSTEM, now=NOW)

    first, second = text(boss, ana, "devices"), text(boss, ana, "devices", page=2)

    assert '<details class="past-sessions">' in first
    assert "?page=2" in first
    assert second.count(">Phone ") == 2
    assert "Nothing older." in text(boss, ana, "devices", page=9)
    assert text(boss, ana, "devices", page="x").count(">Phone ") == 20


def test_devices_cost_the_same_however_many_there_are(
    boss: Client, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        start_session(ana, now=timezone.now() - timedelta(minutes=number))
    text(boss, ana, "devices")

    with django_assert_num_queries(DEVICES_COST):
        text(boss, ana, "devices")

    for number in range(6):
        session = row_of(start_session(ana, now=timezone.now() - timedelta(minutes=number)))
        if number % 2:
            end_refresh_session(
                user_id=ana.pk, sid=session.sid, reason=EndReason.LOGOUT, actor=SYSTEM, now=timezone.now()
            )
    with django_assert_num_queries(DEVICES_COST):
        text(boss, ana, "devices")
