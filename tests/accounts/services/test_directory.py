"""Departments, tenants and roles; and no change without its audit event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import change_contract, create_audience, retire_audience
from accounts.audit.models import AuditEvent
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.services import ensure_current_key
from accounts.limits.models import BucketRow
from accounts.models import Department, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.credentials import change_password, set_password
from accounts.services.departments import change_department, create_department, retire_department
from accounts.services.roles import change_role, create_role, restore_role, retire_role
from accounts.services.tenants import change_tenant, create_tenant, restore_tenant, retire_tenant
from accounts.services.users import assign_role, change_own_profile, change_user, create_user, delete_user
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM, row_of, start_session
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def move(department: Department, parent: Department | None) -> Department:
    return change_department(department_id=department.pk, parent=parent, actor=SYSTEM, now=NOW)


def test_a_department_moves_with_all_below_it() -> None:
    root, other = DepartmentFactory.create(code="root"), DepartmentFactory.create(code="other")
    middle = DepartmentFactory.create(code="middle", parent=root)
    leaf = DepartmentFactory.create(code="leaf", parent=middle)

    move(middle, other)

    ancestors = Department.objects.ancestors(leaf).values_list("code", flat=True)
    assert list(ancestors) == ["other", "middle"]
    assert AuditEvent.objects.get(type="department.changed").changes == {"parent": ["root", "other"]}


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_department_never_stands_below_itself(below: int) -> None:
    tree = [DepartmentFactory.create()]
    for _level in range(2):
        tree.append(DepartmentFactory.create(parent=tree[-1]))

    with pytest.raises(ValidationError):
        move(tree[0], tree[below])
    assert Department.objects.get(pk=tree[0].pk).parent is None


def test_a_department_is_not_placed_below_one_of_another_tenant() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    parent = DepartmentFactory.create(tenant=theirs)

    with pytest.raises(ValidationError):
        create_department(code="a", label="A", tenant=ours, parent=parent, actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationError):
        create_department(code="a", label="A", parent=parent, actor=SYSTEM, now=NOW)


def test_a_department_changes_its_tenant_only_without_others_in_it() -> None:
    ours = TenantFactory.create()
    department = DepartmentFactory.create()
    UserFactory.create(department=department)

    with pytest.raises(ValidationError) as refusal:
        change_department(department_id=department.pk, tenant=ours, actor=SYSTEM, now=NOW)
    assert set(refusal.value.message_dict) == {"tenant"}


def test_a_retired_tenant_ends_the_sessions_of_its_people_and_of_nobody_else() -> None:
    tenant = TenantFactory.create()
    inside, outside = start_session(UserFactory.create(tenant=tenant)), start_session(UserFactory.create())

    retire_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW)
    restore_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW)

    assert row_of(inside).end_reason == "tenant_retired"
    assert row_of(outside).ended_at is None


def test_retiring_twice_and_restoring_twice_is_recorded_once_each() -> None:
    role = RoleFactory.create()
    for change in (retire_role, retire_role, restore_role, restore_role):
        change(role_id=role.pk, actor=SYSTEM, now=NOW)

    recorded = AuditEvent.objects.filter(subject_kind="role").order_by("id").values_list("type", flat=True)
    assert list(recorded) == ["role.retired", "role.restored"]


@pytest.mark.parametrize("code", ["", "Upper", "a b", "-a", "a\n", "ñ", "a" * 64])
def test_what_is_no_code_is_refused(code: str) -> None:
    for create in (create_role, create_tenant, create_department):
        with pytest.raises(ValidationError) as refusal:
            create(code=code, label="Label", actor=SYSTEM, now=NOW)
        assert "code" in refusal.value.message_dict


def services(user: User) -> dict[str, Callable[[], Any]]:
    """Return every change that somebody can ask for, ready to be called."""
    role, tenant, department = RoleFactory.create(), TenantFactory.create(), DepartmentFactory.create()
    audience = create_audience(code="api", label="API", actor=SYSTEM, now=NOW)
    by: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    own: dict[str, Any] = {"origin": ORIGIN, "now": NOW}
    rows = [ContractClaimInput(path="roles", source="roles")]
    return {
        "create_user": lambda: create_user(email="new@example.org", name="New", **by),
        "change_user": lambda: change_user(user_id=user.id, name="Other", **by),
        "deactivate": lambda: change_user(user_id=user.id, is_active=False, **by),
        "change_own_profile": lambda: change_own_profile(user_id=user.id, name="Other", **own),
        "assign_role": lambda: assign_role(user_id=user.id, role=role, **by),
        "delete_user": lambda: delete_user(user_id=user.id, **by),
        "set_password": lambda: set_password(user_id=user.id, new_password="a long new password", **by),
        "change_password": lambda: change_password(
            user_id=user.id, current_password=PASSWORD, new_password="a long new password", keep=None, **own
        ),
        "log_in": lambda: start_session(user),
        "end_sessions": lambda: end_refresh_sessions(user=user, reason=EndReason.LOGOUT, **by),
        "create_role": lambda: create_role(code="new", label="New", **by),
        "change_role": lambda: change_role(role_id=role.pk, label="Other", **by),
        "retire_role": lambda: retire_role(role_id=role.pk, **by),
        "create_tenant": lambda: create_tenant(code="new", label="New", **by),
        "change_tenant": lambda: change_tenant(tenant_id=tenant.pk, label="Other", **by),
        "retire_tenant": lambda: retire_tenant(tenant_id=tenant.pk, **by),
        "create_department": lambda: create_department(code="new", label="New", **by),
        "change_department": lambda: change_department(department_id=department.pk, label="Other", **by),
        "retire_department": lambda: retire_department(department_id=department.pk, **by),
        "create_audience": lambda: create_audience(code="new", label="New", **by),
        "change_contract": lambda: change_contract(audience_id=audience.pk, rows=rows, **by),
        "retire_audience": lambda: retire_audience(audience_id=audience.pk, **by),
        "ensure_current_key": lambda: ensure_current_key(algorithm=SigningAlgorithm.EDDSA, **by),
    }


def everything() -> list[list[dict[str, object]]]:
    from django.apps import apps  # noqa: PLC0415 - asks for all models, whatever they are

    # Attempts are counted whether or not something comes of them.
    models = [model for model in apps.get_models() if model is not BucketRow]
    ours = [model for model in models if model.__module__.startswith("accounts")]
    return [list(model._default_manager.order_by("pk").values()) for model in [*ours, User.roles.through]]  # noqa: SLF001 - of any model


def test_no_change_is_kept_whose_audit_event_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory.create()
    start_session(user)
    changes = services(user)
    before = everything()

    def fail(**_fields: object) -> None:
        msg = "the audit table is full"
        raise OSError(msg)

    monkeypatch.setattr(AuditEvent.objects, "create", fail)
    for name, change in changes.items():
        with pytest.raises(OSError, match="the audit table is full"):
            change()
        assert everything() == before, name
    assert RefreshSession.objects.filter(ended_at__isnull=True).count() == 1
