"""What is known about a subject when a token is made: plain values, so that claims stay pure."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import prefetch_related_objects

from accounts.models.departments import Department
from accounts.models.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentFacts:
    """A department, with the codes from the root of its tree down to itself."""

    code: str
    label: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """Everything a claim source may say about a person."""

    sub: UUID
    email: str
    name: str
    locale: str
    tenant: str | None
    department: DepartmentFacts | None
    roles: tuple[str, ...]
    special_permissions: bool
    ui_preferences: dict[str, object]


def read_subject_facts(user: User, *, with_department_path: bool = False) -> SubjectFacts:
    """Read the facts of ``user``; retired roles and departments are not said.

    One query for the roles, and two more for the path of a department that has a parent, where asked
    for. Department and tenant should be loaded (``with_directory``). A retired tenant is still said:
    a person without a tenant sees everything, so leaving it out would open doors.
    """
    prefetch_related_objects([user], "roles")
    department = user.department
    in_force = department is not None and department.retired_at is None
    return SubjectFacts(
        sub=user.id,
        email=user.email,
        name=user.name,
        locale=user.locale,
        tenant=user.tenant_code,
        department=_department_facts(department, with_department_path) if department and in_force else None,
        roles=tuple(user.role_codes()),
        special_permissions=user.special_permissions,
        ui_preferences=user.ui_preferences,
    )


def _department_facts(department: Department, with_path: bool) -> DepartmentFacts:  # noqa: FBT001 - private
    path: tuple[str, ...] = (department.code,)
    if with_path and department.parent_id is not None:
        ancestors = Department.objects.ancestors(department, include_self=True)
        path = tuple(ancestors.values_list("code", flat=True))
    return DepartmentFacts(code=department.code, label=department.label, path=path)
