"""Who may change what, as a table, and what nobody may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission

from accounts.authority import authority_of
from accounts.errors import NotPermittedError
from accounts.models import Department, Role, Tenant, User
from accounts.services.credentials import set_password
from accounts.services.departments import change_department, create_department
from accounts.services.roles import change_role, create_role, restore_role, retire_role
from accounts.services.tenants import create_tenant, retire_tenant
from accounts.services.users import assign_role, change_user, create_user, delete_user, unassign_role
from tests.accounts.journeys import NOW
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

#: An administrator of the whole directory, one of a tenant, an editor of it, and staff who may change people.
ACTORS = ("root", "admin", "tenant_admin", "editor", "helpdesk", "inactive", "deleted")


@pytest.fixture
def ours() -> Tenant:
    return TenantFactory.create(code="ours")


@pytest.fixture
def people(ours: Tenant) -> dict[str, User]:
    changes_people = Permission.objects.get(codename="change_user")
    views_keys = Permission.objects.get(codename="view_signingkey")
    RoleFactory.create(code="helpdesk").permissions.set([changes_people])
    RoleFactory.create(code="keymaster").permissions.set([views_keys])
    RoleFactory.create(code="retired", retired_at=NOW).permissions.set([views_keys])
    return {
        "root": UserFactory.create(is_superuser=True, is_staff=True),
        "admin": UserFactory.create(roles=["admin"]),
        "tenant_admin": UserFactory.create(roles=["admin"], tenant=ours),
        "editor": UserFactory.create(roles=["editor"], tenant=ours),
        "helpdesk": UserFactory.create(roles=["helpdesk"], is_staff=True),
        "inactive": UserFactory.create(is_superuser=True, is_active=False),
        "deleted": User(email="gone@example.org"),
        "colleague": UserFactory.create(tenant=ours),
        "stranger": UserFactory.create(tenant=TenantFactory.create()),
        "global": UserFactory.create(),
        "keymaster": UserFactory.create(roles=["keymaster"], is_staff=True),
        "keymaster_without_staff": UserFactory.create(roles=["keymaster"]),
        "sleeping_keymaster": UserFactory.create(roles=["keymaster"], is_active=False),
        "former_keymaster": UserFactory.create(roles=["retired"]),
        "special": UserFactory.create(special_permissions=True),
    }


def rename(whom: str) -> Callable[[dict[str, User], User], object]:
    return lambda people, actor: change_user(
        user_id=people[whom].id, name="Renamed", actor=actor.as_actor(), now=NOW
    )


def give(code: str, whom: str) -> Callable[[dict[str, User], User], object]:
    return lambda people, actor: assign_role(
        user_id=people[whom].id, role=RoleFactory.create(code=code), actor=actor.as_actor(), now=NOW
    )


def grant(**fields: Any) -> Callable[[dict[str, User], User], object]:
    return lambda people, actor: change_user(
        user_id=people["colleague"].id, actor=actor.as_actor(), now=NOW, **fields
    )


def take_over(whom: str) -> Callable[[dict[str, User], User], object]:
    return lambda people, actor: set_password(
        user_id=people[whom].id, new_password="a long new password", actor=actor.as_actor(), now=NOW
    )


def change(service: Callable[..., Role], code: str) -> Callable[[dict[str, User], User], object]:
    return lambda people, actor: service(
        role_id=RoleFactory.create(code=code).pk, actor=actor.as_actor(), now=NOW
    )


MAY: dict[str, tuple[Callable[[dict[str, User], User], object], set[str]]] = {
    "rename a colleague": (rename("colleague"), {"root", "admin", "tenant_admin", "editor", "helpdesk"}),
    "rename a stranger": (rename("stranger"), {"root", "admin", "helpdesk"}),
    "rename somebody without tenant": (rename("global"), {"root", "admin", "helpdesk"}),
    "rename a superuser": (rename("root"), {"root"}),
    "rename staff with a permission of their own": (rename("keymaster"), {"root"}),
    "rename a holder of a permission who is no staff": (rename("keymaster_without_staff"), {"root"}),
    "take over an inactive holder of a permission": (take_over("sleeping_keymaster"), {"root"}),
    "rename a holder of a retired role": (rename("former_keymaster"), {"root", "admin", "helpdesk"}),
    "rename somebody with special permissions": (rename("special"), {"root"}),
    "take over somebody with special permissions": (take_over("special"), {"root"}),
    "take over an administrator": (take_over("admin"), {"root", "admin"}),
    "take over an administrator of the tenant": (
        take_over("tenant_admin"),
        {"root", "admin", "tenant_admin"},
    ),
    "give a role that opens nothing": (give("lector", "colleague"), {"root", "admin", "tenant_admin"}),
    "give the role editor": (give("editor", "colleague"), {"root", "admin", "tenant_admin", "editor"}),
    "give the role admin": (give("admin", "colleague"), {"root", "admin", "tenant_admin"}),
    "give a role with a permission": (give("keymaster", "colleague"), {"root"}),
    "give a role with one's own permission": (give("helpdesk", "global"), {"root", "helpdesk"}),
    "retire a role that opens nothing": (change(retire_role, "lector"), {"root", "admin"}),
    "retire a role with a permission": (change(retire_role, "keymaster"), {"root"}),
    "retire a role with one's own permission": (change(retire_role, "helpdesk"), {"root", "helpdesk"}),
    "restore a role with a permission": (change(restore_role, "retired"), {"root"}),
    "make somebody staff": (grant(is_staff=True), {"root"}),
    "make somebody superuser": (grant(is_superuser=True), {"root"}),
    "grant special permissions": (grant(special_permissions=True), {"root"}),
    "move somebody out of the tenant": (grant(tenant=None), {"root", "admin", "helpdesk"}),
}


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("what", MAY)
def test_who_may_do_what(people: dict[str, User], who: str, what: str) -> None:
    act, allowed = MAY[what]

    if who in allowed:
        act(people, people[who])
    else:
        with pytest.raises(NotPermittedError):
            act(people, people[who])


@pytest.mark.parametrize("who", ["keymaster", "special", "keymaster_without_staff", "tenant_admin"])
def test_people_may_always_change_themselves(people: dict[str, User], who: str) -> None:
    rename(who)(people, people[who])

    assert User.objects.get(pk=people[who].pk).name == "Renamed"


def test_special_permissions_open_the_accounts_of_those_who_have_them(people: dict[str, User]) -> None:
    User.objects.filter(pk=people["admin"].pk).update(special_permissions=True)

    rename("special")(people, people["admin"])

    assert User.objects.get(pk=people["special"].pk).name == "Renamed"


def test_special_permissions_are_granted_by_whoever_has_them(people: dict[str, User]) -> None:
    people["tenant_admin"].special_permissions = True
    people["tenant_admin"].save()

    grant(special_permissions=True)(people, people["tenant_admin"])

    assert User.objects.get(pk=people["colleague"].pk).special_permissions


def test_a_role_is_taken_only_by_whoever_may_give_it(people: dict[str, User]) -> None:
    role = Role.objects.get(code="keymaster")
    people["colleague"].roles.set([role])

    with pytest.raises(NotPermittedError):
        unassign_role(
            user_id=people["colleague"].id, role=role, actor=people["tenant_admin"].as_actor(), now=NOW
        )
    assert people["colleague"].role_codes() == ["keymaster"]


def test_nobody_creates_whom_they_could_not_change(people: dict[str, User], ours: Tenant) -> None:
    actor = people["tenant_admin"].as_actor()
    refused: list[dict[str, Any]] = [{"tenant": None}, {"tenant": TenantFactory.create()}]
    refused += [{"tenant": ours, "is_staff": True}, {"tenant": ours, "is_superuser": True}]
    for fields in refused:
        with pytest.raises(NotPermittedError):
            create_user(email="new@example.org", name="New", actor=actor, now=NOW, **fields)

    assert create_user(email="new@example.org", name="New", tenant=ours, actor=actor, now=NOW).tenant == ours


def test_a_superusers_account_is_not_deleted_by_others(people: dict[str, User]) -> None:
    with pytest.raises(NotPermittedError):
        delete_user(user_id=people["root"].id, actor=people["admin"].as_actor(), now=NOW)


def test_roles_and_tenants_are_not_for_people_of_one_tenant(people: dict[str, User], ours: Tenant) -> None:
    actor = people["tenant_admin"].as_actor()
    role = RoleFactory.create(code="editor")
    attempts: list[Callable[[], object]] = [
        lambda: create_role(code="new", label="New", actor=actor, now=NOW),
        lambda: change_role(role_id=role.pk, label="Other", actor=actor, now=NOW),
        lambda: retire_role(role_id=role.pk, actor=actor, now=NOW),
        lambda: create_tenant(code="new", label="New", actor=actor, now=NOW),
        lambda: retire_tenant(tenant_id=ours.pk, actor=actor, now=NOW),
    ]

    for attempt in attempts:
        with pytest.raises(NotPermittedError):
            attempt()


def test_departments_are_changed_within_the_tenant_only(people: dict[str, User], ours: Tenant) -> None:
    actor = people["tenant_admin"].as_actor()
    common = DepartmentFactory.create()
    own = create_department(code="own", label="Own", tenant=ours, actor=actor, now=NOW)

    with pytest.raises(NotPermittedError):
        create_department(code="other", label="Other", actor=actor, now=NOW)
    with pytest.raises(NotPermittedError):
        change_department(department_id=common.pk, label="Other", actor=actor, now=NOW)
    with pytest.raises(NotPermittedError):
        change_department(department_id=own.pk, tenant=None, actor=actor, now=NOW)
    assert Department.objects.get(code="own").tenant == ours


def test_a_role_is_not_given_a_permission_that_its_author_lacks(people: dict[str, User]) -> None:
    keys = Permission.objects.get(codename="view_signingkey")

    with pytest.raises(NotPermittedError):
        create_role(code="new", label="New", permissions=[keys], actor=people["admin"].as_actor(), now=NOW)
    assert not Role.objects.filter(code="new").exists()


def test_whoever_acts_by_a_role_must_still_hold_it(people: dict[str, User]) -> None:
    actor = replace(people["admin"].as_actor(), by_role="admin")
    assert authority_of(actor).user == people["admin"]
    people["admin"].roles.clear()

    with pytest.raises(NotPermittedError) as refused:
        authority_of(actor)

    assert refused.value.facts["reason"] == "no longer has the role"
