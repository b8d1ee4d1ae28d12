"""Somebody, or a department, goes from one tenant to another: each learns of its own side alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.audit.models import AuditEvent
from accounts.services.departments import change_department
from accounts.services.users import change_user
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import Tenant, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Tenant:
    return TenantFactory.create(code="ours")


@pytest.fixture
def theirs() -> Tenant:
    return TenantFactory.create(code="theirs")


def told() -> list[tuple[str, str, Any]]:
    events = AuditEvent.objects.filter(type__endswith=".changed").order_by("id")
    return [(event.tenant, event.subject_label, event.changes) for event in events]


def move(user: User, **fields: Any) -> User:
    return change_user(user_id=user.id, actor=SYSTEM, now=NOW, **fields)


def test_each_tenant_is_told_its_own_side(ours: Tenant, theirs: Tenant) -> None:
    ana = UserFactory.create(
        email="ana@ours.example", tenant=ours, department=DepartmentFactory.create(code="taller", tenant=ours)
    )
    sales = DepartmentFactory.create(code="ventas", tenant=theirs)

    move(ana, tenant=theirs, department=sales, email="ana@theirs.example")

    assert told() == [
        ("ours", "ana@ours.example", {"tenant": ["ours", None], "department": ["taller", None]}),
        (
            "theirs",
            "ana@theirs.example",
            {
                "email": ["ana@ours.example", "ana@theirs.example"],
                "tenant": [None, "theirs"],
                "department": [None, "ventas"],
            },
        ),
    ]


def test_whoever_comes_from_no_tenant_leaves_their_department_with_those_who_see_all(ours: Tenant) -> None:
    ana = UserFactory.create(department=DepartmentFactory.create(code="direccion"))
    workshop = DepartmentFactory.create(code="taller", tenant=ours)

    move(ana, tenant=ours, department=workshop)

    assert told() == [
        ("", ana.email, {"department": ["direccion", None]}),
        ("ours", ana.email, {"tenant": [None, "ours"], "department": [None, "taller"]}),
    ]


def test_a_side_of_which_there_is_nothing_is_not_told(ours: Tenant) -> None:
    ana = UserFactory.create()

    move(ana, tenant=ours)
    move(ana, tenant=None)

    assert told() == [
        ("ours", ana.email, {"tenant": [None, "ours"]}),
        ("ours", ana.email, {"tenant": ["ours", None]}),
    ]


def test_a_move_within_the_tenant_is_one_event(ours: Tenant) -> None:
    ana = UserFactory.create(tenant=ours, department=DepartmentFactory.create(code="a", tenant=ours))

    move(ana, tenant=ours, department=DepartmentFactory.create(code="b", tenant=ours))

    assert told() == [("ours", ana.email, {"department": ["a", "b"]})]


def test_a_department_that_changes_its_tenant_tells_each_its_own_side(ours: Tenant, theirs: Tenant) -> None:
    parent = DepartmentFactory.create(code="direccion", tenant=ours)
    sales = DepartmentFactory.create(code="ventas", tenant=ours, parent=parent)
    other = DepartmentFactory.create(code="oficina", tenant=theirs)

    change_department(
        department_id=sales.pk, tenant=theirs, parent=other, label="Sales", actor=SYSTEM, now=NOW
    )

    assert told() == [
        ("ours", "ventas", {"tenant": ["ours", None], "parent": ["direccion", None]}),
        (
            "theirs",
            "ventas",
            {"tenant": [None, "theirs"], "parent": [None, "oficina"], "label": ["Ventas", "Sales"]},
        ),
    ]
