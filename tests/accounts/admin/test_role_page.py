"""The tabs of a role's page: who holds it, since when and by whom, and what it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from accounts.admin import role_pages
from accounts.audiences.models import AccessRule, Audience
from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.services.users import assign_role, unassign_role
from tests.accounts.admin.browsing import clerk, list_url, page_url, send, signed_in
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import Role


@pytest.fixture
def editor(db: None) -> Role:
    return RoleFactory.create(code="editor", label="Editor")


def holders(client: Client, role: Role, **typed: Any) -> Any:
    answer = client.get(page_url(role, "holders"), typed)
    assert answer.status_code == 200
    return answer


def test_holders_are_told_with_who_gave_it_and_when(boss: Client, editor: Role) -> None:
    ana, bob, eva = (UserFactory.create(email=f"{name}@example.org") for name in ("ana", "bob", "eva"))
    assign_role(user_id=ana.pk, role=editor, actor=SYSTEM, now=NOW)
    assign_role(user_id=bob.pk, role=editor, actor=SYSTEM, now=NOW)
    unassign_role(user_id=bob.pk, role=editor, actor=SYSTEM, now=NOW)
    for user in (bob, eva):
        user.roles.add(editor)  # by something that records no events

    answer = holders(boss, editor)

    told = {each.person.email: each.event for each in answer.context["holders"]}
    event = AuditEvent.objects.get(type="role.assigned", subject_id=str(ana.pk))
    assert told == {"ana@example.org": event, "bob@example.org": None, "eva@example.org": None}
    assert page_url(event) in answer.content.decode()
    assert answer.content.decode().count("no event tells") == 2


def test_holders_come_in_pages(boss: Client, editor: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(role_pages, "PER_PAGE", 2)
    for name in "abcde":
        UserFactory.create(email=f"{name}+x@example.org", roles=["editor"])

    seen, after = [], None
    while after != "":
        context = holders(boss, editor, **({"after": after} if after else {})).context
        seen += [each.person.email[0] for each in context["holders"]]
        after = context["after"]

    assert seen == list("abcde")


def test_holders_cost_the_same_however_many_there_are(
    boss: Client, editor: Role, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _round in range(2):
        for user in UserFactory.create_batch(4, tenant=TenantFactory.create()):
            assign_role(user_id=user.pk, role=editor, actor=SYSTEM, now=NOW)
        UserFactory.create_batch(4)
        # SQLite first looks whether there are too many people to compare.
        with django_assert_num_queries(9 + (connection.vendor == "sqlite")):
            holders(boss, editor, q="person")


def choose(client: Client, role: Role, people: list[User], action: str) -> Any:
    """Send what the buttons of the page send, and confirm."""
    sent = {"action": action, "role": role.pk, "index": "0", "select_across": "0"}
    sent |= {"_selected_action": [str(user.pk) for user in people]}
    asked = client.post(list_url(User), sent)
    assert f'<option value="{role.pk}" selected>' in asked.content.decode()
    confirmed = {"expected": len(people), "confirmed": "yes"}
    return send(client, list_url(User), sent | confirmed)


def test_a_role_is_given_to_people_found_by_name_and_taken_again(boss: Client, editor: Role) -> None:
    ana, bob = UserFactory.create(name="Ana Luz"), UserFactory.create(name="Bob Luz", roles=["editor"])

    answer = holders(boss, editor, q="Luz")
    assert answer.context["offered"] == [ana]
    page = answer.content.decode()
    assert 'value="assign_role"' in page
    assert 'value="unassign_role"' in page

    assert choose(boss, editor, [ana], "assign_role").status_code == 302
    assert ana.role_codes() == ["editor"]
    assert choose(boss, editor, [ana, bob], "unassign_role").status_code == 302
    assert not editor.holders.exists()


def test_a_retired_role_is_given_to_nobody(boss: Client) -> None:
    retired = RoleFactory.create(retired_at=NOW)

    assert "Give it to people" not in holders(boss, retired, q="x").content.decode()


def test_what_it_opens_is_said_in_words(boss: Client, editor: Role) -> None:
    editor.permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user", "view_role"]))
    shop = Audience.objects.create(code="shop", label="The shop")
    old = Audience.objects.create(code="old", label="Old", retired_at=NOW)
    for audience in (shop, old):
        AccessRule.objects.create(audience=audience, role=editor)

    answer = boss.get(page_url(editor, "opens"))

    assert answer.context["opens"] == ["Roles: view", "Users: view, change"]
    assert answer.context["audiences"] == [shop]
    assert [(claim.audience.code, claim.path) for claim in answer.context["claims"]] == [
        ("api-mi-aplicacion", "user_roles")
    ]
    assert (
        "write to the directory"
        in boss.get(page_url(RoleFactory.create(code="admin"), "opens")).content.decode()
    )


def test_audiences_are_for_those_who_may_see_them(editor: Role) -> None:
    AccessRule.objects.create(audience=Audience.objects.create(code="shop", label="The shop"), role=editor)

    page = signed_in(clerk("view_role")).get(page_url(editor, "opens")).content.decode()

    assert "shop" not in page
    assert "user_roles" not in page


def test_people_are_for_those_who_may_see_them(editor: Role) -> None:
    client = signed_in(clerk("view_role"))

    assert client.get(page_url(editor, "holders")).status_code == 403
    assert page_url(editor, "holders") not in client.get(page_url(editor)).content.decode()


def test_staff_of_a_tenant_see_holders_of_their_own(editor: Role) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    mine = UserFactory.create(email="x@ours.example", tenant=ours, roles=["editor"])
    UserFactory.create(email="x@theirs.example", tenant=theirs, roles=["editor"])
    UserFactory.create(email="y@theirs.example", tenant=theirs)
    client = signed_in(clerk("view_role", "view_user", "change_user", tenant=ours))

    answer = holders(client, editor, q="theirs")

    assert [each.person for each in answer.context["holders"]] == [mine]
    assert answer.context["offered"] == []
    assert "1 person<" in answer.content.decode()
    assert "@theirs" not in answer.content.decode()


def test_an_event_of_another_tenant_is_not_told(editor: Role) -> None:
    ours = TenantFactory.create()
    user = UserFactory.create()
    assign_role(user_id=user.pk, role=editor, actor=SYSTEM, now=NOW)
    User.objects.filter(pk=user.pk).update(tenant=ours)
    client = signed_in(clerk("view_role", "view_user", "view_auditevent", tenant=ours))

    (holder,) = holders(client, editor).context["holders"]

    assert holder.event is None
