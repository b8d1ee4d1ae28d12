"""What the database itself refuses, whoever writes to it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, models, transaction

from accounts.models import Department, Role, Tenant, User
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"email": "Alice@example.org"}, "user_email_lower_case"),
        ({"email": "alice"}, "user_email_has_at_sign"),
        ({"locale": "xx"}, "user_locale_known"),
        ({"ui_preferences": {"a": "x" * 9000}}, "user_ui_preferences_small"),
    ],
)
def test_a_user_that_cannot_be_is_refused(fields: dict[str, object], constraint: str) -> None:
    UserFactory.create()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        User.objects.update(**fields)


def test_two_accounts_of_one_address_are_refused_in_any_case() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()

    for email in (alice.email, alice.email.upper()):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=bob.pk).update(email=email)


def test_the_address_is_brought_into_its_one_spelling_by_every_save() -> None:
    assert UserFactory.create(email=" Alice@EXAMPLE.org").email == "alice@example.org"


@pytest.mark.parametrize("code", ["", "Upper", "a b", "-a", "ñ", "a/b"])
@pytest.mark.parametrize(
    ("model", "constraint"),
    [
        (Role, "role_code_format"),
        (Tenant, "tenant_code_format"),
        (Department, "department_code_format"),
    ],
)
def test_what_is_no_code_is_refused(model: type[models.Model], constraint: str, code: str) -> None:
    for factory in (RoleFactory, TenantFactory, DepartmentFactory):
        factory.create()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model._default_manager.update(code=code)  # noqa: SLF001 - of any model


def test_a_long_description_of_a_role_is_refused() -> None:
    RoleFactory.create(description="ñ" * 2000)

    with pytest.raises(IntegrityError, match="role_description_short"), transaction.atomic():
        Role.objects.update(description="x" * 2001)


def test_a_department_that_is_its_own_parent_is_refused() -> None:
    department = DepartmentFactory.create()

    with pytest.raises(IntegrityError, match="department_not_its_own_parent"), transaction.atomic():
        Department.objects.update(parent=department.pk)


def test_what_is_in_use_is_not_deleted() -> None:
    tenant = TenantFactory.create()
    UserFactory.create(tenant=tenant, department=DepartmentFactory.create(tenant=tenant))

    for row in (tenant, Department.objects.get()):
        with pytest.raises(models.ProtectedError):
            row.delete()


def test_people_of_a_tenant_see_only_their_own_and_others_see_all() -> None:
    ours = TenantFactory.create()
    alice, bob = UserFactory.create(tenant=ours), UserFactory.create(tenant=ours)
    mallory, root = UserFactory.create(tenant=TenantFactory.create()), UserFactory.create()

    assert set(User.objects.visible_to(alice)) == {alice, bob}
    assert set(User.objects.visible_to(mallory)) == {mallory}
    assert set(User.objects.visible_to(root)) == {alice, bob, mallory, root}
