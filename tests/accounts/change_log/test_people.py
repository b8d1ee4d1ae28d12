"""Whatever changes what tokens say of a person is in the log, by whatever path it was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Department, Role, User
from accounts.services.users import change_user
from tests.accounts.change_log.commits import in_database, sql, written
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def save(user: User, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
    user.save()


def change_in_bulk(user: User, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
    User.objects.bulk_update([user], list(changes))


#: Each way to change columns of a person.
WAYS: dict[str, Callable[..., object]] = {
    "save": save,
    "QuerySet.update": lambda user, **changes: User.objects.filter(pk=user.pk).update(**changes),
    "bulk_update": change_in_bulk,
    "service": lambda user, **changes: change_user(user_id=user.pk, actor=SYSTEM, now=NOW, **changes),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"special_permissions": False}, "-"),
        ({"is_active": False}, "-"),
        ({"department": None}, "-"),
        ({"department": None, "tenant": None}, "-"),
        ({"email": "other@example.org"}, "-"),
        ({"special_permissions": False, "name": "Other"}, "-"),
        ({"name": "Other"}, "+"),
        ({"locale": "en"}, "+"),
        ({"ui_preferences": {"theme": "dark"}}, "+"),
    ],
    ids=str,
)
def test_columns_of_a_person(alice: User, way: str, changes: dict[str, Any], sign: str) -> None:
    with written() as entries:
        WAYS[way](alice, **changes)

    assert entries == [("sub", str(alice.id), sign)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("before", "changes"),
    [
        ({"special_permissions": False}, {"special_permissions": True}),
        ({"is_active": False}, {"is_active": True}),
        ({"department": None}, {"department": "compras"}),
    ],
    ids=str,
)
def test_what_is_only_given_adds(
    alice: User, way: str, before: dict[str, Any], changes: dict[str, Any]
) -> None:
    save(alice, **before)
    if "department" in changes:
        changes = {"department": Department.objects.get(code=changes["department"])}

    with written() as entries:
        WAYS[way](alice, **changes)

    assert entries == [("sub", str(alice.id), "+")]


@pytest.mark.parametrize("way", WAYS)
def test_a_tenant_that_is_given_takes_away(way: str) -> None:
    """People without a tenant see everything."""
    bob = UserFactory.create()

    with written() as entries:
        WAYS[way](bob, tenant=TenantFactory.create())

    assert entries == [("sub", str(bob.id), "-")]


@pytest.mark.parametrize("way", ["save", "QuerySet.update", "bulk_update"])
def test_what_no_token_says_is_not_logged(alice: User, way: str) -> None:
    with written() as entries:
        WAYS[way](alice, password="!", is_staff=True, name=alice.name)

    assert entries == []


def test_new_people_and_organisations_are_not_logged() -> None:
    with written() as entries:
        UserFactory.create(department=DepartmentFactory.create(), tenant=TenantFactory.create())
        RoleFactory.create()

    assert entries == []


Through = User.roles.through


def given(alice: User, code: str) -> Any:
    return Through.objects.get(user=alice, role__code=code)


MEMBERSHIP: dict[str, tuple[Callable[[User, Role], object], str]] = {
    "add": (lambda alice, role: alice.roles.add(role), "+"),
    "add from the other side": (lambda alice, role: role.holders.add(alice), "+"),
    "bulk_create": (
        lambda alice, role: Through.objects.bulk_create([Through(user=alice, role=role)]),
        "+",
    ),
    "raw insert": (
        lambda alice, role: sql(
            "INSERT INTO accounts_user_roles (user_id, role_id) VALUES (%s, %s)",
            in_database(alice.id),
            role.pk,
        ),
        "+",
    ),
    "remove": (lambda alice, _: alice.roles.remove(Role.objects.get(code="editor")), "-"),
    "clear": (lambda alice, _: alice.roles.clear(), "-"),
    "clear from the other side": (lambda alice, _: Role.objects.get(code="editor").holders.clear(), "-"),
    "delete of the row": (lambda alice, _: given(alice, "editor").delete(), "-"),
    "QuerySet.delete": (lambda alice, _: Through.objects.filter(user=alice).delete(), "-"),
    "raw delete": (lambda alice, _: sql("DELETE FROM accounts_user_roles"), "-"),
}


@pytest.mark.parametrize("way", MEMBERSHIP)
def test_roles_of_a_person(alice: User, way: str) -> None:
    change, sign = MEMBERSHIP[way]
    role = RoleFactory.create(code="lector")

    with written() as entries:
        change(alice, role)

    assert entries == [("sub", str(alice.id), sign)]


@pytest.mark.parametrize(
    "change",
    [
        lambda alice, role: alice.roles.set([role]),
        lambda alice, role: Through.objects.filter(user=alice, role__code="editor").update(role=role),
        lambda alice, role: change_user(user_id=alice.pk, roles=[role], actor=SYSTEM, now=NOW),
    ],
    ids=["set", "update of the row", "service"],
)
def test_an_exchange_of_roles_takes_away_and_adds(alice: User, change: Callable[..., object]) -> None:
    with written() as entries:
        change(alice, RoleFactory.create(code="lector"))

    assert sorted(entries) == [("sub", str(alice.id), "+"), ("sub", str(alice.id), "-")]


def test_a_role_that_moves_to_somebody_else(alice: User) -> None:
    bob = UserFactory.create()

    with written() as entries:
        Through.objects.filter(user=alice, role__code="editor").update(user=bob)

    assert sorted(entries) == sorted([("sub", str(alice.id), "-"), ("sub", str(bob.id), "+")])
