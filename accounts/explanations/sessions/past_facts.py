"""What was known about a person at moments of the past: from what is known now back to it, by the audit log.

As :mod:`accounts.services.past_standing`, but for many moments at once and for what claims are made of: a
fixed number of queries, however many moments, roles and departments there are.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.explanations.sessions.past_departments import (
    DepartmentRow,
    PastDepartments,
    later_than,
    read_departments,
    was_retired,
)
from accounts.models import Role, User
from accounts.models.field_changes import as_json
from accounts.models.subject_facts import DepartmentFacts, SubjectFacts

_FIELDS = ("email", "name", "locale", "tenant", "department", "special_permissions", "ui_preferences")
_OF_PERSON = (
    EventType.USER_CREATED,
    EventType.USER_CHANGED,
    EventType.ROLE_ASSIGNED,
    EventType.ROLE_UNASSIGNED,
)
_OF_ROLES = (EventType.ROLE_RETIRED, EventType.ROLE_RESTORED)
_OF_DEPARTMENTS = (
    EventType.DEPARTMENT_CHANGED,
    EventType.DEPARTMENT_RETIRED,
    EventType.DEPARTMENT_RESTORED,
)
#: Moments are taken before rows are locked, and ids follow the locks: how far the two may be apart.
_OUT_OF_ORDER = timedelta(minutes=5)

#: Events by the id of the row that they are about, the newest first.
_Events = Mapping[str, Sequence[AuditEvent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsThen:
    """What could be said about a person at a moment; ``doubts`` are fields and codes that may be wrong."""

    facts: SubjectFacts
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A person as they are now, and what happened since some moment: enough for every moment after it."""

    user: User
    now: SubjectFacts
    own_events: Sequence[AuditEvent]
    roles: Mapping[str, Role]
    role_events: _Events
    departments: PastDepartments

    def at(self, moment: datetime) -> FactsThen:
        """Return what could be said at ``moment``."""
        undone = _Undone.of(self.user)
        for event in later_than(self.own_events, moment):
            undone.undo(event)
        department = self._department(undone.fields.pop("department"), moment, undone.doubts)
        roles = tuple(code for code in sorted(undone.roles) if self._in_force(code, moment, undone.doubts))
        facts = replace(self.now, roles=roles, department=department, **undone.fields)
        return FactsThen(facts=facts, doubts=tuple(dict.fromkeys(undone.doubts)))

    def _in_force(self, code: str, moment: datetime, doubts: list[str]) -> bool:
        role = self.roles.get(code)
        if role is None:
            doubts.append(code)
            return False
        events = self.role_events.get(str(role.pk), ())
        return not was_retired(events, moment, is_retired=role.retired_at is not None)

    def _department(self, code: str | None, moment: datetime, doubts: list[str]) -> DepartmentFacts | None:
        if code is None:
            return None
        try:
            return self.departments.in_force(code, moment)
        except KeyError:
            doubts.append(code)
            return None


@dataclass(slots=True, kw_only=True)
class _Undone:
    """The person's own fields and roles, while events are undone."""

    fields: dict[str, Any]
    roles: set[str]
    doubts: list[str]

    @classmethod
    def of(cls, user: User) -> "_Undone":
        return cls(
            fields={name: as_json(getattr(user, name)) for name in _FIELDS},
            roles={role.code for role in user.roles.all()},
            doubts=[],
        )

    def undo(self, event: AuditEvent) -> None:
        match event.type:
            case EventType.ROLE_ASSIGNED | EventType.ROLE_UNASSIGNED:
                self._undo_role(event.facts["role"], was_assigned=event.type == EventType.ROLE_ASSIGNED)
            case EventType.USER_CREATED:
                self.doubts.append("id")  # nobody can have had a session before
            case _:
                self._undo_fields(event)

    def _undo_role(self, role: str, *, was_assigned: bool) -> None:
        if (role in self.roles) != was_assigned:
            self.doubts.append(role)
        (self.roles.discard if was_assigned else self.roles.add)(role)

    def _undo_fields(self, event: AuditEvent) -> None:
        for name, (before, after) in event.changes.items():
            if name in self.fields:
                if self.fields[name] != after:
                    self.doubts.append(name)
                self.fields[name] = before


def read_past(user: User, now: SubjectFacts, *, since: datetime, with_department_path: bool) -> Past:
    """Read what happened to a person, their roles and their departments since ``since``.

    Four queries: the person's events, the roles, the departments, and what happened to those; the roles of
    ``user`` are loaded.
    """
    recent = AuditEvent.objects.filter(at__gte=since - _OUT_OF_ORDER).order_by("-id")
    own = list(recent.filter(subject_kind="user", subject_id=str(user.pk), type__in=_OF_PERSON))
    roles = list(Role.objects.filter(code__in=_role_codes(user, own)))
    departments = read_departments(_department_codes(user, own), everywhere=with_department_path)
    of_roles = Q(subject_kind="role", type__in=_OF_ROLES, subject_id__in=[str(row.pk) for row in roles])
    of_departments = Q(subject_kind="department", type__in=_OF_DEPARTMENTS)
    if not with_department_path:
        of_departments &= Q(subject_id__in=[str(row.pk) for row in departments])
    events = _by_row(recent.filter(of_roles | of_departments))
    return Past(
        user=user,
        now=now,
        own_events=own,
        roles={role.code: role for role in roles},
        role_events=events["role"],
        departments=PastDepartments(
            rows={row.code: _with_events(row, events["department"]) for row in departments},
            with_path=with_department_path,
        ),
    )


def _role_codes(user: User, events: Collection[AuditEvent]) -> set[str]:
    told = {event.facts["role"] for event in events if "role" in event.facts}
    return told | {role.code for role in user.roles.all()}


def _department_codes(user: User, events: Collection[AuditEvent]) -> set[str]:
    told = {code for event in events for code in event.changes.get("department", ())}
    return {code for code in told | {user.department_code} if code is not None}


def _by_row(events: Collection[AuditEvent]) -> dict[str, dict[str, list[AuditEvent]]]:
    found: dict[str, dict[str, list[AuditEvent]]] = {
        kind: defaultdict(list) for kind in ("role", "department")
    }
    for event in events:
        found[event.subject_kind][event.subject_id].append(event)
    return found


def _with_events(row: DepartmentRow, events: _Events) -> DepartmentRow:
    return replace(row, events=events.get(str(row.pk), ()))
