"""A small sample organisation to look around in: people across departments, roles and two tenants."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import AuditSubject, record_event
from accounts.models import Department, User
from accounts.services.departments import create_department
from accounts.services.roles import create_role
from accounts.services.tenants import create_tenant
from accounts.services.users import create_user


@dataclass(frozen=True, slots=True)
class _Person:
    email: str
    name: str
    tenant: str | None
    department: str | None
    roles: tuple[str, ...]
    special_permissions: bool = False
    is_staff: bool = False
    is_superuser: bool = False
    theme: str = "light"


ADMINISTRATOR = "admin@example.com"

_ROLES = (
    ("admin", "Administración", ()),
    ("editor", "Edición", ()),
    ("lector", "Lectura", ()),
    ("auditor", "Auditoría", ("view_user", "view_auditevent", "view_refreshsession")),
)
_TENANTS = (("empresa_123", "Empresa 123"), ("empresa_456", "Empresa 456"))
_DEPARTMENTS = (
    ("direccion", "Dirección", None, None),
    ("finanzas", "Finanzas", "direccion", None),
    ("tesoreria", "Tesorería", "finanzas", None),
    ("soporte", "Soporte", "direccion", None),
    ("ventas-123", "Ventas", None, "empresa_123"),
    ("taller-456", "Taller", None, "empresa_456"),
)
_PEOPLE = (
    _Person(
        ADMINISTRATOR, "Ada Administradora", None, "finanzas", ("admin", "editor"), True, True, True, "dark"
    ),
    _Person("editora@example.com", "Elena Editora", None, "finanzas", ("editor",)),
    _Person("auditor@example.com", "Andrés Auditor", None, "tesoreria", ("auditor", "lector"), is_staff=True),
    _Person("soporte@example.com", "Sara Soporte", None, "soporte", ("lector",)),
    _Person(
        "jefa@empresa123.example.com", "Julia Jefa", "empresa_123", "ventas-123", ("admin", "editor"), True
    ),
    _Person("ventas@empresa123.example.com", "Víctor Ventas", "empresa_123", "ventas-123", ("lector",)),
    _Person(
        "taller@empresa456.example.com", "Teresa Taller", "empresa_456", "taller-456", ("editor", "lector")
    ),
)


def create_sample_organisation(*, password: str, now: datetime) -> list[User]:
    """Create the sample organisation, everybody with the same password, all or nothing.

    Its audit event names the people, so that a production start can refuse the database.

    :raise ValidationError: the password breaks a rule
    """
    actor = Actor.system("manage.py create_sample_organisation")
    with transaction.atomic():
        roles = {
            code: create_role(
                code=code,
                label=label,
                permissions=Permission.objects.filter(codename__in=opens),
                actor=actor,
                now=now,
            )
            for code, label, opens in _ROLES
        }
        tenants = {
            code: create_tenant(code=code, label=label, actor=actor, now=now) for code, label in _TENANTS
        }
        departments: dict[str, Department] = {}
        for code, label, parent, tenant in _DEPARTMENTS:
            departments[code] = create_department(
                code=code,
                label=label,
                parent=departments.get(parent or ""),
                tenant=tenants.get(tenant or ""),
                actor=actor,
                now=now,
            )
        people = [
            create_user(
                email=person.email,
                name=person.name,
                tenant=tenants.get(person.tenant or ""),
                department=departments.get(person.department or ""),
                roles=[roles[code] for code in person.roles],
                special_permissions=person.special_permissions,
                ui_preferences={"theme": person.theme},
                is_staff=person.is_staff,
                is_superuser=person.is_superuser,
                password=password,
                actor=actor,
                now=now,
            )
            for person in _PEOPLE
        ]
        record_event(
            type=EventType.SAMPLE_ORGANISATION_CREATED,
            actor=actor,
            subject=AuditSubject(kind="installation", id="sample"),
            now=now,
            facts={"subs": [str(person.id) for person in people]},
        )
    return people


def sample_people() -> list[str]:
    """Return the ids of the people of sample organisations, also of those who were deleted."""
    created = AuditEvent.objects.filter(type=EventType.SAMPLE_ORGANISATION_CREATED)
    return [str(sub) for event in created for sub in event.facts.get("subs", [])]
