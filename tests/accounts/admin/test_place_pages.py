"""The pages of departments and tenants: their people, what stands below, who administers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission

from accounts.models import Department, Role, Tenant, User
from tests.accounts.admin.browsing import clerk, list_url, page_url, send, signed_in
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


def test_a_department_shows_its_people_and_those_below(boss: Client) -> None:
    top = DepartmentFactory.create(code="top")
    below = DepartmentFactory.create(code="below", parent=top)
    DepartmentFactory.create(code="deeper", parent=below)
    UserFactory.create(department=top)
    UserFactory.create_batch(2, department=below)

    answer = boss.get(page_url(top))

    assert [count.total for count in answer.context["counts"]] == ["1"]
    assert [row.code for row in answer.context["below"].rows] == ["below"]
    page = answer.content.decode()
    assert f"{list_url(User)}?department__id__exact={top.pk}" in page
    assert page_url(below) in page


def test_a_tenant_shows_its_people_departments_and_administrators(boss: Client) -> None:
    tenant = TenantFactory.create()
    DepartmentFactory.create(tenant=tenant)
    desk = RoleFactory.create(code="desk")
    desk.permissions.set(Permission.objects.filter(codename="change_user"))
    retired = RoleFactory.create(code="retired", retired_at="2026-01-01T00:00Z")
    retired.permissions.set(Permission.objects.filter(codename="change_user"))
    clerk_ = UserFactory.create(tenant=tenant, is_staff=True, roles=["desk"], email="a@example.org")
    chief = UserFactory.create(tenant=tenant, is_staff=True, is_superuser=True, email="b@example.org")
    UserFactory.create(tenant=tenant, roles=["desk"])
    UserFactory.create(tenant=tenant, is_staff=True, roles=["retired"])
    UserFactory.create(tenant=tenant, is_active=False, is_staff=True, roles=["desk"])

    context = boss.get(page_url(tenant)).context

    assert [count.total for count in context["counts"]] == ["5", "1"]
    assert context["administrators"].rows == [clerk_, chief]
    assert context["below"] is None


def test_pages_cost_the_same_however_many_people_and_rows(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = DepartmentFactory.create(tenant=TenantFactory.create())
    boss.get(page_url(top))
    for _round in range(2):
        DepartmentFactory.create_batch(3, parent=top)
        UserFactory.create_batch(3, tenant=top.tenant, department=top, is_staff=True, is_superuser=True)
        with django_assert_num_queries(10):
            boss.get(page_url(top))


def test_staff_of_a_tenant_see_nobody_of_others(db: None) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    shared = DepartmentFactory.create(code="shared", tenant=ours)
    DepartmentFactory.create(code="d-theirs", parent=shared, tenant=theirs)
    UserFactory.create(email="x@theirs.example", tenant=theirs, roles=["admin"])
    client = signed_in(clerk("view_user", "view_department", "view_tenant", tenant=ours))

    for row in (ours, shared):
        assert "theirs" not in client.get(page_url(row)).content.decode()
    assert client.get(page_url(theirs)).status_code in {302, 404}


def test_who_may_not_see_people_is_not_told_who_administers(db: None) -> None:
    answer = signed_in(clerk("view_department")).get(page_url(DepartmentFactory.create()))

    assert answer.context["administrators"] is None


def test_a_row_is_retired_and_restored_from_its_page(boss: Client) -> None:
    for row in (DepartmentFactory.create(), TenantFactory.create(), RoleFactory.create()):
        model: type[Department | Tenant | Role] = type(row)
        page = boss.get(page_url(row)).content.decode()
        assert page_url(row, "retire") in page
        assert page_url(row, "restore") not in page

        assert send(boss, page_url(row, "retire"), {}).status_code == 302
        assert model.objects.get(pk=row.pk).retired_at is not None
        assert page_url(row, "restore") in boss.get(page_url(row)).content.decode()

        assert send(boss, page_url(row, "restore"), {}).status_code == 302
        assert model.objects.get(pk=row.pk).retired_at is None
