"""Roles, departments and tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission

from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    event_types,
    form_values,
    list_url,
    page_url,
    save,
    signed_in,
)
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

KINDS: list[tuple[Any, Any, str]] = [
    (Role, RoleFactory, "role"),
    (Department, DepartmentFactory, "department"),
    (Tenant, TenantFactory, "tenant"),
]


@pytest.mark.parametrize(("model", "factory", "kind"), KINDS)
def test_create_and_change_leave_one_event_each(boss: Client, model: Any, factory: Any, kind: str) -> None:
    assert save(boss, add_url(model), code="new-one", label="New").status_code == 302
    row = model.objects.get(code="new-one")

    assert save(boss, page_url(row), label="Changed", code="other").status_code == 302

    row.refresh_from_db()
    assert (row.code, row.label) == ("new-one", "Changed")
    assert event_types() == [f"{kind}.created", f"{kind}.changed"]


@pytest.mark.parametrize(("model", "factory", "kind"), KINDS)
def test_retired_and_restored_but_never_deleted(boss: Client, model: Any, factory: Any, kind: str) -> None:
    row = factory.create()

    act_on(boss, [row], "retire_selected")
    act_on(boss, [row], "retire_selected")
    act_on(boss, [row], "restore_selected")
    deleted = boss.post(page_url(row, "delete"), {"post": "yes"})

    assert event_types() == [f"{kind}.retired", f"{kind}.restored"]
    assert deleted.status_code == 403
    assert "delete_selected" not in boss.get(list_url(model)).content.decode()


@pytest.mark.parametrize(("model", "factory", "kind"), KINDS)
@pytest.mark.parametrize("code", ["", "Upper", "a b", "x" * 64, "taken", "\x00"])
def test_wrong_code_is_an_error_in_the_form(
    boss: Client, model: Any, factory: Any, kind: str, code: str
) -> None:
    factory.create(code="taken")

    answer = save(boss, add_url(model), code=code, label="New")

    assert answer.status_code == 200
    assert "code" in answer.context["adminform"].form.errors
    assert model.objects.filter(label="New").count() == 0


@pytest.mark.parametrize(("model", "factory", "kind"), KINDS)
def test_history_tells_who_changed_what(boss: Client, model: Any, factory: Any, kind: str) -> None:
    row = factory.create(label="Before")
    save(boss, page_url(row), label="After")

    page = boss.get(page_url(row, "history")).content.decode()

    assert "boss@example.org" in page
    assert "<del>Before</del>" in page
    assert "<ins>After</ins>" in page
    assert "127.0.0.1" in page


def test_permissions_of_a_role_are_changed_by_the_service(boss: Client) -> None:
    role = RoleFactory.create()
    permission = Permission.objects.get(codename="view_user")

    save(boss, page_url(role), permissions=[permission.pk])

    assert AuditEvent.objects.get(type="role.changed").changes == {"permissions": [[], ["view_user"]]}


def test_clerk_cannot_hand_out_permissions_that_they_lack(db: None) -> None:
    role = RoleFactory.create()
    client = signed_in(clerk("view_role", "change_role", holds_admin=True))

    answer = save(
        client,
        page_url(role),
        permissions=[Permission.objects.get(codename="delete_user").pk],
        label="Changed",
    )

    assert "accounts.delete_user" in answer.content.decode()
    role.refresh_from_db()
    assert role.permissions.count() == 0
    assert role.label != "Changed"


def test_department_is_listed_below_its_parent(boss: Client) -> None:
    root = DepartmentFactory.create(code="z-root", label="Root")
    DepartmentFactory.create(code="a-child", label="Child", parent=root)

    answer = boss.get(list_url(Department))

    assert [row.code for row in answer.context["cl"].result_list] == ["z-root", "a-child"]
    assert "\N{EM SPACE}\N{EM SPACE}Child" in answer.content.decode()


def test_department_is_not_offered_itself_nor_what_is_below(boss: Client) -> None:
    root = DepartmentFactory.create(code="root")
    child = DepartmentFactory.create(code="child", parent=root)
    other = DepartmentFactory.create(code="other")

    page = boss.get(page_url(root))

    offered = set(page.context["adminform"].form.fields["parent"].queryset.values_list("pk", flat=True))
    assert offered == {other.pk}
    refused = boss.post(page_url(root), form_values(page) | {"parent": child.pk})
    assert refused.status_code == 200
    root.refresh_from_db()
    assert root.parent_id is None


def test_moving_a_department_is_one_event(boss: Client) -> None:
    root, child = DepartmentFactory.create(code="root"), DepartmentFactory.create(code="child")

    save(boss, page_url(child), parent=root.pk)

    assert AuditEvent.objects.get(type="department.changed").changes == {"parent": [None, "root"]}


def test_search_finds_departments_in_the_tree(boss: Client) -> None:
    DepartmentFactory.create(code="root", label="Root")
    DepartmentFactory.create(code="child", label="Child", parent=Department.objects.get(code="root"))

    answer = boss.get(list_url(Department), {"q": "chi", "o": "2"})

    assert [row.code for row in answer.context["cl"].result_list] == ["child"]


def test_retired_role_is_not_offered_by_autocompletion(boss: Client) -> None:
    RoleFactory.create(code="in-force")
    retired = RoleFactory.create(code="gone")
    act_on(boss, [retired], "retire_selected")

    answer = boss.get(
        "/admin/autocomplete/", {"app_label": "accounts", "model_name": "user", "field_name": "roles"}
    )

    assert "in-force" in answer.content.decode()
    assert "gone" not in answer.content.decode()


def test_people_of_a_role_are_counted(boss: Client) -> None:
    UserFactory.create(roles=["editor"])

    rows = {row.code: row.holder_total for row in boss.get(list_url(Role)).context["cl"].result_list}

    assert rows == {"editor": "1"}
