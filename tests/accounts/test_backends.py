"""Permissions by roles, and who stays signed in by browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from accounts.backends import DirectoryBackend
from accounts.models import Role, User
from tests.accounts.journeys import NOW
from tests.factories import PASSWORD, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> User:
    role = RoleFactory.create(code="auditor")
    role.permissions.set(Permission.objects.filter(codename__in=["view_user", "view_auditevent"]))
    return UserFactory.create(roles=["auditor", "editor"], is_staff=True)


def test_a_person_has_what_their_roles_carry_and_no_more(auditor: User) -> None:
    assert auditor.get_all_permissions() == {"accounts.view_user", "audit.view_auditevent"}
    assert auditor.has_perm("accounts.view_user")
    assert not auditor.has_perm("accounts.change_user")
    assert not auditor.has_perm("accounts.view_user", obj=auditor)


def test_apps_are_shown_where_a_role_opens_a_part_of_them(auditor: User) -> None:
    shown = [app for app in ("accounts", "audit", "keys") if auditor.has_module_perms(app)]

    assert shown == ["accounts", "audit"]


def test_a_retired_role_gives_nothing(auditor: User) -> None:
    Role.objects.filter(code="auditor").update(retired_at=NOW)

    assert User.objects.get(pk=auditor.pk).get_all_permissions() == set()


def test_an_inactive_person_has_nothing_even_as_superuser(auditor: User) -> None:
    auditor.is_active, auditor.is_superuser = False, True

    assert auditor.get_all_permissions() == set()
    assert not auditor.has_perm("accounts.view_user")


def test_nobody_has_nothing() -> None:
    assert DirectoryBackend().get_group_permissions(AnonymousUser()) == set()


def test_a_superuser_has_everything() -> None:
    root = UserFactory.create(is_superuser=True)

    assert len(root.get_all_permissions()) == Permission.objects.count()


def test_permissions_cost_one_query(auditor: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        for _question in range(5):
            auditor.has_perm("accounts.view_user")
            auditor.has_module_perms("audit")


def test_a_person_signs_in_with_address_in_any_case_and_exact_password(auditor: User) -> None:
    backend = DirectoryBackend()

    assert backend.authenticate(None, auditor.email.upper(), PASSWORD) == auditor
    assert backend.authenticate(None, auditor.email, f"{PASSWORD} ") is None
    assert backend.authenticate(None, auditor.email, None) is None
    assert backend.authenticate(None, None, PASSWORD) is None


@pytest.mark.parametrize("reason", ["inactive", "retired tenant", "deleted"])
def test_a_lost_account_is_signed_out_of_the_browser_at_once(auditor: User, reason: str) -> None:
    people = User.objects.filter(pk=auditor.pk)
    assert DirectoryBackend().get_user(auditor.pk) == auditor
    match reason:
        case "inactive":
            people.update(is_active=False)
        case "retired tenant":
            people.update(tenant=TenantFactory.create(retired_at=NOW))
        case _:
            people.delete()

    assert DirectoryBackend().get_user(auditor.pk) is None
