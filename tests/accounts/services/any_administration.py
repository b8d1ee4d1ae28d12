"""What administrators do to people and what they hold, in any order, for the tests of the past."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from hypothesis import strategies as st

from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.errors import SessionEndedError
from accounts.services.departments import change_department, restore_department, retire_department
from accounts.services.roles import change_role, create_role, restore_role, retire_role
from accounts.services.standing import Standing, standing_now
from accounts.services.tenants import restore_tenant, retire_tenant
from accounts.services.users import (
    assign_role,
    change_own_profile,
    change_user,
    create_user,
    delete_user,
    unassign_role,
)
from tests.accounts.journeys import NOW, ORIGIN, SECOND, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

#: What is done, to whom, with what, and after how many seconds.
Deed = tuple[str, int, int, int]

DEEDS = (
    "create",
    "delete",
    "create",
    "assign",
    "unassign",
    "set_roles",
    "move",
    "place",
    "flags",
    "activity",
    "rename",
    "retire_role",
    "restore_role",
    "open_admin",
    "new_role",
    "retire_tenant",
    "restore_tenant",
    "retire_department",
    "restore_department",
    "move_department",
)
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 1), st.integers(0, 15), st.integers(0, 2)),
    min_size=1,
    max_size=25,
)


@dataclass
class AnyAdministration:
    """Two people, some roles, departments and tenants; and what everybody's standing was when."""

    people: list[UUID]
    now: datetime = NOW
    seen: dict[datetime, list[Standing]] = field(default_factory=dict)
    done: int = 0

    @classmethod
    def begin(cls, people: list[UUID]) -> Self:
        """Return one in which everything is there but the people."""
        ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
        for code, tenant in (("a", None), ("b", ours), ("c", theirs)):
            DepartmentFactory.create(code=code, tenant=tenant)
        for code in ("admin", "editor", "lector"):
            RoleFactory.create(code=code)
        return cls(people=people)

    def live(self, story: list[Deed]) -> None:
        """Do everything, and look at everybody after each."""
        self._look()
        for name, who, what, seconds in story:
            self.now += seconds * SECOND
            with suppress(ValidationError, SessionEndedError, User.DoesNotExist):
                self._do(name, self.people[who], what)
                self.done += 1
            self._look()

    def _look(self) -> None:
        self.seen[self.now] = [standing_now(pk) for pk in self.people]

    def _do(self, name: str, pk: UUID, what: int) -> None:
        said: dict[str, Any] = {"actor": SYSTEM, "now": self.now}
        one = {"user_id": pk} | said
        role = Role.objects.order_by("code")[what % Role.objects.count()]
        tenant = Tenant.objects.order_by("code")[what % 2]
        department = Department.objects.order_by("code")[what % 3]
        match name:
            case "create":
                roles = [role] if what % 2 else []
                email = f"{pk.hex[:8]}@example.org"
                create_user(id=pk, email=email, name="N", roles=roles, is_staff=what % 3 == 0, **said)
            case "delete":
                delete_user(**one)
            case "assign" | "unassign":
                (assign_role if name == "assign" else unassign_role)(role=role, **one)
            case "set_roles":
                chosen = [each for bit, each in enumerate(Role.objects.order_by("code")) if what >> bit & 1]
                change_user(roles=chosen, **one)
            case "move":
                change_user(
                    tenant=tenant if what % 4 else None,
                    department=Department.objects.filter(tenant=tenant).first() if what % 4 > 1 else None,
                    **one,
                )
            case "place":
                change_user(department=department if what % 4 else None, **one)
            case "flags":
                flags: dict[str, Any] = {"special_permissions": bool(what & 1), "is_staff": bool(what & 2)}
                change_user(is_superuser=bool(what & 4), **flags, **one)
            case "rename":
                change_own_profile(user_id=pk, name=f"N{what}", origin=ORIGIN, now=self.now)
            case "activity":
                change_user(is_active=bool(what & 1), email=f"{pk.hex[:8]}-{what}@example.org", **one)
            case _:
                self._do_to_others(name, what, role, tenant, department)

    def _do_to_others(self, name: str, what: int, role: Role, tenant: Tenant, department: Department) -> None:
        said: dict[str, Any] = {"actor": SYSTEM, "now": self.now}
        match name:
            case "retire_role":
                retire_role(role_id=role.pk, **said)
            case "restore_role":
                restore_role(role_id=role.pk, **said)
            case "open_admin":
                opens = Permission.objects.filter(codename__startswith="view_").order_by("codename")[
                    : what % 4
                ]
                change_role(role_id=role.pk, permissions=list(opens), **said)
            case "new_role":
                create_role(code=f"new-{what}", label="N", permissions=[], **said)
            case "retire_tenant":
                retire_tenant(tenant_id=tenant.pk, **said)
            case "restore_tenant":
                restore_tenant(tenant_id=tenant.pk, **said)
            case "retire_department":
                retire_department(department_id=department.pk, **said)
            case "restore_department":
                restore_department(department_id=department.pk, **said)
            case _:
                change_department(department_id=department.pk, tenant=tenant if what % 4 else None, **said)
