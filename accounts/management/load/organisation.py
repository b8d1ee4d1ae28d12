"""Tenants, departments and roles, few enough to be created as rows of models."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.management.load.words import DEPARTMENT_NAMES, ROLE_NAMES
from accounts.models import Department, Role, Tenant

#: Roles that people held for a while and hold no more: of events only.
PAST_ROLES = 10
#: What the staff of a tenant do.
STAFF_ROLE = "gestion-de-personal"
_STAFF_PERMISSIONS = ("view_user", "change_user", "add_user", "view_refreshsession", "view_auditevent")
_MOST_TENANTS, _MOST_ROLES = 200, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people are: a tenant, or none, and its departments from the root down."""

    tenant_id: int | None
    tenant_code: str
    department_ids: tuple[int, ...]
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What people are put into; ``roles`` are ids and codes, the most held first."""

    places: tuple[Place, ...]
    roles: tuple[tuple[int, str], ...]
    past_roles: tuple[str, ...]
    staff_role: tuple[int, str]


def create_organisation(*, people: int, rng: Random, now: datetime) -> Organisation:
    """Create what ``people`` people need: few of each for few."""
    with transaction.atomic():
        tenants = _tenants(max(2, min(_MOST_TENANTS, people // 2_000)), now)
        roles = _roles(max(2 * PAST_ROLES, min(_MOST_ROLES, people // 1_000)), now)
        staff_role = Role.objects.create(code=STAFF_ROLE, label="Gestión de personal")
        staff_role.permissions.set(Permission.objects.filter(codename__in=_STAFF_PERMISSIONS))
        places = tuple(
            _place(tenant, number, rng, people, now) for number, tenant in enumerate([None, *tenants])
        )
    return Organisation(
        places=places,
        roles=tuple((role.pk, role.code) for role in roles[:-PAST_ROLES]),
        past_roles=tuple(role.code for role in roles[-PAST_ROLES:]),
        staff_role=(staff_role.pk, staff_role.code),
    )


def _tenants(count: int, now: datetime) -> list[Tenant]:
    rows = [
        Tenant(
            code=f"org-{number:03}",
            label=f"Organización {number:03}",
            retired_at=now if number % 50 == 49 else None,  # noqa: PLR2004 - one in fifty
        )
        for number in range(count)
    ]
    return Tenant.objects.bulk_create(rows)


def _roles(count: int, now: datetime) -> list[Role]:
    rows = []
    for number in range(count):
        round_, kind = divmod(number, len(ROLE_NAMES))
        code, label = ROLE_NAMES[kind]
        rows.append(
            Role(
                code=f"{code}-{round_:02}",
                label=f"{label} {round_:02}",
                retired_at=now if number % 30 == 29 else None,  # noqa: PLR2004 - one in thirty
            )
        )
    return Role.objects.bulk_create(rows)


def _place(tenant: Tenant | None, number: int, rng: Random, people: int, now: datetime) -> Place:
    """Create a tree of departments: a root, some below it, and more below those."""
    count = max(
        3, min(people // 3_000, 60) if tenant is None else min(people // 8_000, 40) // (1 + number // 20)
    )
    code = tenant.code if tenant else "central"
    departments: list[Department] = []
    for each in range(count):
        name = DEPARTMENT_NAMES[each % len(DEPARTMENT_NAMES)]
        parent = departments[(each - 1) // 4] if each else None
        row = Department(
            code=f"{code}-d{each:02}",
            label=f"{name} {each // len(DEPARTMENT_NAMES) + 1}",
            tenant=tenant,
            parent=parent,
            retired_at=now if each > 2 and rng.random() < 0.02 else None,  # noqa: PLR2004 - one in fifty
        )
        row.save(force_insert=True)
        departments.append(row)
    return Place(
        tenant_id=tenant.pk if tenant else None,
        tenant_code=tenant.code if tenant else "",
        department_ids=tuple(row.pk for row in departments),
        domain=f"{code}.example.com",
    )
