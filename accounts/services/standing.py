"""What a person may do: their place, their roles and what those open, as one value that can be compared."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from accounts.models import Department, Role, Tenant, User
from accounts.models.field_changes import as_json

#: What events tell of a person, beside their roles.
PERSON_FIELDS = (
    "email",
    "name",
    "tenant",
    "department",
    "special_permissions",
    "is_active",
    "is_staff",
    "is_superuser",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person may do at one moment. ``permissions`` are those of the admin that the roles open."""

    exists: bool = False
    email: str = ""
    name: str = ""
    tenant: str | None = None
    tenant_is_retired: bool = False
    department: str | None = None
    department_is_retired: bool = False
    roles: tuple[str, ...] = ()
    retired_roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    special_permissions: bool = False
    is_active: bool = False
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def may_log_in(self) -> bool:
        """Tell whether the person gets tokens, as ``User.may_log_in``."""
        return self.exists and self.is_active and not self.tenant_is_retired


@dataclass(slots=True, kw_only=True)
class PersonState:
    """A person's own row and memberships, in the words of events."""

    fields: dict[str, object]
    roles: set[str]


@dataclass(slots=True, kw_only=True)
class CodedState:
    """A role, department or tenant."""

    pk: int
    is_retired: bool
    permissions: tuple[str, ...] = ()


class Rows(Protocol):
    """Where rows are read: as they are now, or as they were."""

    def person(self, user_id: UUID) -> PersonState | None:
        """Return the person, if there is one."""

    def coded(self, kind: str, codes: Collection[str]) -> dict[str, CodedState]:
        """Return the roles, departments or tenants that are there, by code."""


class RowsNow:
    """The rows as they are now."""

    def person(self, user_id: UUID) -> PersonState | None:
        """Return the person, if there is one. Two queries."""
        user: User | None = User.objects.with_directory().filter(pk=user_id).first()
        return person_state(user) if user is not None else None

    def coded(self, kind: str, codes: Collection[str]) -> dict[str, CodedState]:
        """Return the roles, departments or tenants that are there, by code. One query, two for roles."""
        match kind:
            case "role":
                roles = Role.objects.filter(code__in=codes).prefetch_related("permissions")
                return {role.code: _role_state(role) for role in roles}
            case "department":
                return {row.code: _coded_state(row) for row in Department.objects.filter(code__in=codes)}
            case _:
                return {row.code: _coded_state(row) for row in Tenant.objects.filter(code__in=codes)}


def standing_now(user_id: UUID) -> Standing:
    """Return what a person may do now, from the rows alone. Six queries."""
    return standing_from(RowsNow(), user_id)


def standing_from(rows: Rows, user_id: UUID) -> Standing:
    """Return what a person may do as ``rows`` say it."""
    person = rows.person(user_id)
    if person is None:
        return Standing()
    fields = person.fields
    tenant, department = (cast("str | None", fields[name]) for name in ("tenant", "department"))
    tenants = rows.coded("tenant", [tenant]) if tenant else {}
    departments = rows.coded("department", [department]) if department else {}
    roles = rows.coded("role", sorted(person.roles)) if person.roles else {}
    in_force = {code: role for code, role in roles.items() if not role.is_retired}
    return Standing(
        exists=True,
        email=str(fields["email"]),
        name=str(fields["name"]),
        tenant=tenant,
        tenant_is_retired=any(row.is_retired for row in tenants.values()),
        department=department,
        department_is_retired=any(row.is_retired for row in departments.values()),
        roles=tuple(sorted(in_force)),
        retired_roles=tuple(sorted(roles.keys() - in_force.keys())),
        permissions=tuple(sorted({name for role in in_force.values() for name in role.permissions})),
        special_permissions=bool(fields["special_permissions"]),
        is_active=bool(fields["is_active"]),
        is_staff=bool(fields["is_staff"]),
        is_superuser=bool(fields["is_superuser"]),
    )


def person_state(user: User) -> PersonState:
    """Return a person in the words of events, with every role, retired or not. One query."""
    return PersonState(
        fields={name: as_json(getattr(user, name)) for name in PERSON_FIELDS},
        roles=set(user.roles.values_list("code", flat=True)),
    )


def _coded_state(row: Department | Tenant) -> CodedState:
    return CodedState(pk=row.pk, is_retired=row.retired_at is not None)


def _role_state(role: Role) -> CodedState:
    return CodedState(
        pk=role.pk,
        is_retired=role.retired_at is not None,
        permissions=tuple(sorted(permission.codename for permission in role.permissions.all())),
    )
