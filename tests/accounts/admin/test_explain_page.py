"""The page that says what a person's token says, why, and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.audiences.models import Audience, ContractClaim
from accounts.audit.models import AuditEvent
from accounts.keys.keyring import keyring
from accounts.keys.models import SigningKey
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.departments import retire_department
from accounts.services.roles import retire_role
from accounts.services.tenants import retire_tenant
from accounts.services.users import assign_role, change_user, create_user, unassign_role
from tests.accounts.admin.browsing import clerk, page_url, signed_in
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, row_of, start_session
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

HOUR = timedelta(hours=1)


@pytest.fixture
def ana(db: None) -> User:
    """Return somebody of no tenant who got a role and lost another."""
    editor, lector = RoleFactory.create(code="editor"), RoleFactory.create(code="lector")
    user = create_user(
        email="ana@example.org",
        name="Ana <b>",
        roles=[editor, lector],
        department=DepartmentFactory.create(code="compras"),
        password=PASSWORD,
        actor=SYSTEM,
        now=NOW,
    )
    unassign_role(user_id=user.pk, role=lector, actor=SYSTEM, now=NOW + HOUR)
    return user


def asked(client: Client, user: User, **typed: Any) -> Any:
    answer = client.get(page_url(user, "token"), typed)
    assert answer.status_code == 200
    return answer


def text(client: Client, user: User, **typed: Any) -> str:
    written: str = asked(client, user, **typed).content.decode()
    return written


def test_page_is_reached_from_the_person(boss: Client, ana: User) -> None:
    page = boss.get(page_url(ana)).content.decode()

    assert page.count(page_url(ana, "token")) == 2


def test_page_shows_header_claims_and_where_each_comes_from(boss: Client, ana: User) -> None:
    answer = asked(boss, ana)

    page = answer.content.decode()
    assert "&quot;typ&quot;: &quot;at+jwt&quot;" in page
    assert "&quot;user_roles&quot;: [" in page
    shown = {each.row.path: each for each in answer.context["claim_rows"]}
    (line,) = shown["user_roles"].lines
    assert (line.about, line.sentence) == ("editor", "Role given by tests on March 2, 2026, 9 a.m.")
    assert "left out: optional" in page
    assert "The whole token" in page


def test_what_came_with_one_change_is_said_once_and_each_event_linked(boss: Client, ana: User) -> None:
    roles = [RoleFactory.create(code=f"rol-{number}") for number in range(60)]
    change_user(user_id=ana.pk, roles=roles, actor=SYSTEM, now=NOW + 2 * HOUR)

    answer = asked(boss, ana)

    shown = {each.row.path: each for each in answer.context["claim_rows"]}
    (line,) = shown["user_roles"].lines
    assert {each.about for each in line.among} == {role.code for role in roles}
    page = answer.content.decode()
    assert page.count(line.sentence) == 1
    assert all(f"/auditevent/{each.event_id}/change/" in page for each in line.among)


def test_an_event_is_linked_for_those_who_may_read_it(boss: Client, ana: User) -> None:
    event = AuditEvent.objects.get(type="role.assigned", facts__role="editor")

    assert page_url(event) in text(boss, ana)
    assert page_url(event) not in text(signed_in(clerk("view_user")), ana)


def test_another_audience_an_address_and_a_time_are_taken_into_account(boss: Client, ana: User) -> None:
    other = Audience.objects.create(code="other", label="Other")
    for path, source in (("ip", "login_ip"), ("at", "auth_time")):
        ContractClaim.objects.create(audience=other, path=path, source=source)

    token = asked(boss, ana, audience="other", ip="2001:db8::1", login_at="2026-03-02T09:00").context["token"]

    assert token.claims["aud"] == "other"
    assert token.claims["ip"] == "2001:db8::1"
    assert token.claims["at"] == int(NOW.timestamp())


def test_a_session_says_what_its_refresh_would_say(boss: Client, ana: User) -> None:
    other = Audience.objects.create(code="other", label="Other")
    ContractClaim.objects.create(audience=other, path="ip", source="login_ip")
    sid = row_of(start_session(ana, now=timezone.now(), audience="other")).sid

    token = asked(boss, ana, session=str(sid)).context["token"]

    assert (token.claims["aud"], token.claims["ip"]) == ("other", "192.0.2.1")


@pytest.mark.parametrize(
    ("role", "heading", "sentence"),
    [
        ("editor", "Yes: the token says the role editor, in user_roles", "Role given by tests"),
        ("lector", "No: the token does not say the role lector", "Role taken away by tests"),
        ("ghost", "No: the token does not say the role ghost", "There is no role “ghost”."),
        ("<i>", "No: the token does not say the role &lt;i&gt;", "There is no role “&lt;i&gt;”."),
        ("wizard", "No: the token does not say the role wizard", "It was never given to them"),
    ],
)
def test_page_answers_why_or_why_not(boss: Client, ana: User, role: str, heading: str, sentence: str) -> None:
    RoleFactory.create(code="wizard")

    page = text(boss, ana, role=role)

    assert heading in page
    assert sentence in page


def test_role_that_another_audience_does_not_say(boss: Client, ana: User) -> None:
    Audience.objects.create(code="other", label="Other")

    assert "its contract does not say roles" in text(boss, ana, role="editor", audience="other")


def test_asking_about_a_role_does_not_put_it_among_those_held(boss: Client, ana: User) -> None:
    shown = {each.row.path: each for each in asked(boss, ana, role="lector").context["claim_rows"]}

    assert [line.about for line in shown["user_roles"].lines] == ["editor"]


def test_sessions_show_what_they_still_carry(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=timezone.now() - HOUR)
    wizard = RoleFactory.create(code="wizard")
    assign_role(user_id=alice.pk, role=wizard, actor=SYSTEM, now=timezone.now())

    (session,) = asked(boss, alice).context["sessions"]
    page = text(boss, alice)

    assert [each.difference.added for each in session.differences] == [("wizard",)]
    assert "What live sessions still carry" in page
    assert "Its last token is accepted." in page


def test_sessions_are_for_those_who_may_see_them(ana: User) -> None:
    sid = row_of(start_session(ana, now=timezone.now())).sid
    half = signed_in(clerk("view_user"))

    answer = asked(half, ana, session=str(sid))

    assert "What live sessions still carry" not in answer.content.decode()
    assert f'value="{sid}"' not in answer.content.decode()
    assert answer.context["sessions"] == []
    assert answer.context["token"].context.ip is None


def test_page_needs_the_permission_to_see_people(ana: User) -> None:
    assert signed_in(clerk("view_auditevent")).get(page_url(ana, "token")).status_code == 403
    assert signed_in(clerk("view_user")).get(page_url(ana, "token")).status_code == 200


def test_nobody_is_found_by_garbage(boss: Client) -> None:
    for garbage in ("x", "00000000-0000-0000-0000-000000000000", "_00"):
        assert boss.get(f"/admin/accounts/user/{garbage}/token/").status_code == 404


def test_staff_of_a_tenant_see_their_people_and_nothing_of_another(ana: User) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    sales = DepartmentFactory.create(code="theirsales", tenant=theirs)
    said: dict[str, Any] = {"user_id": ana.pk, "actor": SYSTEM}
    change_user(**said, tenant=theirs, department=sales, now=timezone.now() - 3 * HOUR)
    start_session(User.objects.get(pk=ana.pk), now=timezone.now() - 2 * HOUR)
    codes = ("view_user", "view_refreshsession", "view_auditevent")
    staff = signed_in(clerk(*codes, tenant=ours))
    assert staff.get(page_url(ana, "token")).status_code == 404

    change_user(**said, tenant=ours, department=None, now=timezone.now() - HOUR)
    page = text(staff, ana, role="lector")

    assert "theirs" not in page
    assert "compras" not in page
    assert "did not belong to your tenant" in page
    assert "No event of your tenant tells of it." in page


BROKEN: dict[str, Any] = {
    "audience unknown": lambda: (
        RefreshSession.objects.all().delete(),
        Audience.objects.update(code="elsewhere"),
    ),
    "audience retired": lambda: Audience.objects.update(retired_at=NOW),
    "source unknown": lambda: ContractClaim.objects.create(
        audience=Audience.objects.get(), path="x", source="not_there"
    ),
    "no key": lambda: SigningKey.objects.all().delete(),
    "inactive": lambda: User.objects.filter(email="ana@example.org").update(is_active=False),
    "over budget": lambda: Audience.objects.update(max_token_bytes=512),
}


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN)
def test_page_and_person_open_whatever_is_broken(boss: Client, ana: User, breaking: Any) -> None:
    start_session(ana, now=timezone.now())
    breaking()
    keyring.forget()

    for page in (text(boss, ana, role="editor"), boss.get(page_url(ana)).content.decode()):
        assert "No token would be issued for the audience" in page


def test_whoever_deactivated_or_retired_something_is_named(boss: Client, ana: User) -> None:
    said: dict[str, Any] = {"actor": SYSTEM, "now": NOW + 2 * HOUR}
    tenant = TenantFactory.create(code="ours")
    User.objects.filter(pk=ana.pk).update(tenant=tenant)
    change_user(user_id=ana.pk, is_active=False, **said)
    retire_tenant(tenant_id=tenant.pk, **said)
    retire_department(department_id=DepartmentFactory.create(code="compras").pk, **said)
    retire_role(role_id=RoleFactory.create(code="editor").pk, **said)

    answer = asked(boss, ana)

    sentences = [line.sentence for line in answer.context["reasons"]]
    assert [sentence.split(" by ")[0] for sentence in sentences if " by tests" in sentence] == [
        "User deactivated",
        "Tenant retired",
    ]
    shown = {each.row.path: each for each in answer.context["claim_rows"]}
    assert "Department retired by tests" in shown["custom_data.departamento"].lines[-1].sentence
    assert [line.about for line in shown["user_roles"].lines] == ["editor"]
    assert "Role retired by tests" in shown["user_roles"].lines[0].sentence
    assert "The role is retired" in text(boss, ana, role="editor")


def test_garbage_is_refused_beside_its_field_and_the_page_opens(boss: Client, ana: User) -> None:
    garbage = ("\0", "x" * 5000, "٣", "0001-01-01T00:00", "9999-12-31T23:59:59", "']\"><script>")

    for typed in garbage:
        names = ("audience", "session", "ip", "login_at", "role")
        page = text(boss, ana, **dict.fromkeys(names, typed))
        assert "']\"><script>" not in page
        assert 'class="explained"' in page


def test_page_is_in_spanish_too(boss: Client, ana: User, settings: Settings) -> None:
    settings.LANGUAGE_CODE = "es"
    start_session(ana, now=timezone.now())

    page = text(boss, ana, role="lector")

    assert "Por qué dice, o no dice, el rol" in page
    assert "Rol retirado a la persona por tests" in page


def test_page_writes_nothing_and_costs_a_fixed_number_of_queries(
    boss: Client, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        role = RoleFactory.create(code=f"r{number}")
        assign_role(user_id=ana.pk, role=role, actor=SYSTEM, now=NOW + 2 * HOUR)
    for _ in range(3):
        start_session(ana, now=timezone.now())
    before = AuditEvent.objects.count()
    asked(boss, ana, role="editor")

    with django_assert_num_queries(23):
        asked(boss, ana, role="editor", audience=OWN_AUDIENCE)

    assert AuditEvent.objects.count() == before


def test_page_of_a_person_without_events_says_so(boss: Client) -> None:
    alice = UserFactory.create(roles=["editor"])

    assert "No event tells of it: something that records no events wrote it." in text(boss, alice)
