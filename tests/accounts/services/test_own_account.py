"""Nobody shuts themselves out, or everybody, by one call."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.services.roles import retire_role
from accounts.services.users import change_user, unassign_role
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, TenantFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> User:
    return UserFactory.create(roles=["admin", "editor"], is_staff=True, is_superuser=True)


def change_oneself(user: User, **fields: Any) -> User:
    return change_user(user_id=user.id, actor=user.as_actor(), now=NOW, **fields)


@pytest.mark.parametrize("field", ["is_active", "is_staff", "is_superuser"])
def test_nobody_deactivates_themselves_or_takes_their_own_flags(root: User, field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        change_oneself(root, **{field: False})

    assert set(refusal.value.message_dict) == {field}
    assert getattr(User.objects.get(pk=root.pk), field)
    assert not AuditEvent.objects.filter(subject_id=str(root.id)).exists()


def test_nobody_changes_their_own_tenant() -> None:
    ours = TenantFactory.create()
    globally, of_ours = UserFactory.create(roles=["admin"]), UserFactory.create(roles=["admin"], tenant=ours)

    for user, tenant in ((globally, ours), (of_ours, None), (of_ours, TenantFactory.create())):
        with pytest.raises(ValidationError) as refusal:
            change_oneself(user, tenant=tenant)
        assert set(refusal.value.message_dict) == {"tenant"}
        assert User.objects.get(pk=user.pk).tenant == user.tenant


def test_nobody_takes_the_role_admin_from_themselves(root: User) -> None:
    admin, editor = Role.objects.get(code="admin"), Role.objects.get(code="editor")

    with pytest.raises(ValidationError) as refusal:
        change_oneself(root, roles=[editor])
    with pytest.raises(ValidationError):
        unassign_role(user_id=root.id, role=admin, actor=root.as_actor(), now=NOW)

    assert set(refusal.value.message_dict) == {"roles"}
    assert root.role_codes() == ["admin", "editor"]


def test_all_that_is_refused_is_said_at_once(root: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        change_oneself(root, is_active=False, tenant=TenantFactory.create())

    assert set(refusal.value.message_dict) == {"is_active", "tenant"}


def test_people_change_what_does_not_shut_them_out(root: User) -> None:
    admin = Role.objects.get(code="admin")

    change_oneself(root, name="Renamed", is_active=True, tenant=None, roles=[admin], is_superuser=True)

    assert (User.objects.get(pk=root.pk).name, root.role_codes()) == ("Renamed", ["admin"])


def test_another_administrator_does_it(root: User) -> None:
    other = UserFactory.create(is_superuser=True)

    changed = change_user(
        user_id=root.id,
        is_active=False,
        is_superuser=False,
        tenant=TenantFactory.create(),
        roles=[],
        actor=other.as_actor(),
        now=NOW,
    )

    assert (changed.is_active, changed.role_codes()) == (False, [])


def test_the_role_admin_is_never_retired() -> None:
    role = RoleFactory.create(code="admin")

    with pytest.raises(ValidationError, match="admin"):
        retire_role(role_id=role.pk, actor=SYSTEM, now=NOW)

    assert Role.objects.get(code="admin").retired_at is None
    assert not AuditEvent.objects.filter(subject_kind="role").exists()
