"""Changes that do something to somebody: what is submitted, and what the page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import create_audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.models import Department, Role, Tenant, User
from tests.accounts.admin.browsing import page_url
from tests.accounts.admin.dangerous import Submitted, chosen, filled
from tests.accounts.journeys import SYSTEM, start_session
from tests.accounts.keys.stages import known_everywhere
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@dataclass(frozen=True)
class Trial:
    """A change that somebody submits, what its page says, and what tells that it was made."""

    submit: Callable[[Client], Submitted]
    says: str
    is_done: Callable[[], bool]


def fill() -> None:
    """Create the rows that the changes are about."""
    root = DepartmentFactory.create(code="root")
    DepartmentFactory.create(code="other")
    tenant = TenantFactory.create(code="acme")
    RoleFactory.create(code="lector")
    UserFactory.create(
        email="alice@example.org",
        roles=["editor"],
        is_staff=True,
        department=DepartmentFactory.create(code="leaf", parent=root),
    )
    UserFactory.create(email="tom@example.org", tenant=tenant)
    rows = [
        ContractClaimInput(path="groups", source="roles"),
        ContractClaimInput(path="unit", source="department"),
    ]
    create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=timezone.now())
    known_everywhere(SigningAlgorithm.EDDSA, now=timezone.now())
    for email in ("alice@example.org", "tom@example.org"):
        start_session(User.objects.get(email=email), now=timezone.now())


def alice() -> User:
    user: User = User.objects.get(email="alice@example.org")
    return user


def department(code: str) -> Department:
    row: Department = Department.objects.get(code=code)
    return row


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def reports() -> Audience:
    return Audience.objects.get(code="reports")


TRIALS: dict[str, Trial] = {
    "person: roles": Trial(
        lambda c: filled(c, page_url(alice()), roles=[str(role("lector").pk)]),
        "user_roles: −editor +lector",  # noqa: RUF001 - the page's minus
        lambda: alice().role_codes() == ["lector"],
    ),
    "person: deactivated, with another address and name": Trial(
        lambda c: filled(c, page_url(alice()), "is_active", email="ann@example.org", name="Ann"),
        "can no longer log in",
        lambda: User.objects.filter(email="ann@example.org", is_active=False).exists(),
    ),
    "person: department": Trial(
        lambda c: filled(c, page_url(alice()), department=str(department("other").pk)),
        "custom_data.departamento: leaf → other",
        lambda: alice().department_code == "other",
    ),
    "person: tenant": Trial(
        lambda c: filled(c, page_url(alice()), "department", tenant=str(Tenant.objects.get().pk)),
        "tenant_id: + acme",
        lambda: alice().tenant_code == "acme",
    ),
    "role: permissions": Trial(
        lambda c: filled(
            c, page_url(role("editor")), permissions=[str(Permission.objects.get(codename="view_role").pk)]
        ),
        "admin permissions: +accounts.view_role",
        lambda: role("editor").permissions.count() == 1,
    ),
    "role: retired": Trial(
        lambda c: chosen(c, [role("editor")], "retire_selected"),
        "reports: groups: −editor",  # noqa: RUF001 - the page's minus
        lambda: role("editor").retired_at is not None,
    ),
    "department: moved": Trial(
        lambda c: filled(c, page_url(department("leaf")), parent=str(department("other").pk)),
        "unit.path: −root +other",  # noqa: RUF001 - the page's minus
        lambda: department("leaf").parent == department("other"),
    ),
    "department: renamed": Trial(
        lambda c: filled(c, page_url(department("leaf")), label="Hoja & <Co>"),
        "unit.label: Leaf → Hoja &amp; &lt;Co&gt;",
        lambda: department("leaf").label == "Hoja & <Co>",
    ),
    "department: retired": Trial(
        lambda c: chosen(c, [department("leaf")], "retire_selected"),
        "custom_data.departamento: leaf → null",
        lambda: department("leaf").retired_at is not None,
    ),
    "audience: contract and algorithm": Trial(
        lambda c: filled(
            c,
            page_url(reports()),
            signing_algorithm="EdDSA",
            access_lifetime="01:00:00",
            **{"contract_claims-0-path": "papeles"},
        ),
        "+ papeles ← roles (array of strings)",
        lambda: (reports().signing_algorithm, reports().contract_version) == ("EdDSA", 2),
    ),
    "audience: retired": Trial(
        lambda c: chosen(c, [reports()], "retire_selected"),
        "no more tokens are issued for it",
        lambda: reports().retired_at is not None,
    ),
    "tenant: retired": Trial(
        lambda c: chosen(c, [Tenant.objects.get()], "retire_selected"),
        "1 session ends at once.",
        lambda: Tenant.objects.get().retired_at is not None,
    ),
    "people: role assigned": Trial(
        lambda c: chosen(c, [alice()], "assign_role", role=str(role("lector").pk)),
        "user_roles: +lector",
        lambda: alice().role_codes() == ["editor", "lector"],
    ),
    "people: role taken away": Trial(
        lambda c: chosen(c, [alice()], "unassign_role", role=str(role("editor").pk)),
        "user_roles: −editor",  # noqa: RUF001 - the page's minus
        lambda: alice().role_codes() == [],
    ),
    "people: moved": Trial(
        lambda c: chosen(c, [alice()], "move_to_department", department=str(department("other").pk)),
        "custom_data.departamento: leaf → other",
        lambda: alice().department_code == "other",
    ),
    "people: deactivated": Trial(
        lambda c: chosen(c, [alice()], "deactivate"),
        "may no longer enter the admin",
        lambda: not alice().is_active,
    ),
}
