"""What a person could do at a moment of the past: from the rows of now back to it, by the audit log.

Going backwards needs no event older than the moment: those may have been exported and dropped. For each
subject the events are undone from the newest to the last one at or before the moment. What an event says of
“after” has to be what was found, of the events undone as of the last ones before; where it is not, something
was changed without an event, and a note says so.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Max

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent, AuditEventQuerySet, AuditSeal
from accounts.models import User
from accounts.models.emails import normalise_email
from accounts.services.standing import (
    PERSON_FIELDS,
    CodedState,
    PersonState,
    RowsNow,
    Standing,
    standing_from,
)

_TYPES: dict[str, tuple[EventType, ...]] = {
    "user": (
        EventType.USER_CREATED,
        EventType.USER_CHANGED,
        EventType.USER_DEACTIVATED,
        EventType.USER_REACTIVATED,
        EventType.USER_DELETED,
        EventType.ROLE_ASSIGNED,
        EventType.ROLE_UNASSIGNED,
    ),
    "role": (EventType.ROLE_CREATED, EventType.ROLE_CHANGED, EventType.ROLE_RETIRED, EventType.ROLE_RESTORED),
    "department": (
        EventType.DEPARTMENT_CREATED,
        EventType.DEPARTMENT_RETIRED,
        EventType.DEPARTMENT_RESTORED,
    ),
    "tenant": (EventType.TENANT_CREATED, EventType.TENANT_RETIRED, EventType.TENANT_RESTORED),
}
_CODED_CREATED = {EventType.ROLE_CREATED, EventType.DEPARTMENT_CREATED, EventType.TENANT_CREATED}


class Doubt(StrEnum):
    """Why an answer may be wrong or incomplete."""

    #: Events that are later than the moment were exported and dropped.
    DROPPED = "dropped"
    #: Something was not what its events say: it was changed by no service.
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One doubt: about which field, role, department or tenant, and the moment of what shows it."""

    doubt: Doubt
    about: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStanding:
    """What a person could do at ``at``; the events that it rests on, and those undone to find it.

    Both the newest first.
    """

    at: datetime
    standing: Standing
    rests_on: tuple[AuditEvent, ...]
    undone: tuple[AuditEvent, ...]
    notes: tuple[Note, ...]


def people_called(text: str) -> list[UUID]:
    """Return the ids of all who have this address or ever had it, deleted people too; or the id itself."""
    try:
        return [UUID(text)]
    except ValueError:
        email = normalise_email(text)
    now = User.objects.filter(email=email).values_list("pk", flat=True)
    about = AuditEvent.objects.filter(subject_kind="user", subject_label=email).exclude(subject_id="")
    then = about.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    return list(dict.fromkeys([*now, *map(UUID, then)]))


def standing_at(user_id: UUID, *, at: datetime) -> PastStanding:
    """Return what a person could do at ``at``."""
    rows = _RowsThen(at)
    standing = standing_from(rows, user_id)
    return PastStanding(
        at=at,
        standing=standing,
        rests_on=_newest_first(rows.rests_on),
        undone=_newest_first(rows.undone),
        notes=(*_dropped_since(at), *rows.notes),
    )


def _newest_first(events: Iterable[AuditEvent]) -> tuple[AuditEvent, ...]:
    return tuple(sorted(events, key=lambda event: event.pk, reverse=True))


def _dropped_since(at: datetime) -> list[Note]:
    dropped = AuditSeal.objects.filter(dropped_at__isnull=False)
    latest: datetime | None = dropped.aggregate(latest=Max("latest_at"))["latest"]
    return [Note(doubt=Doubt.DROPPED, at=latest)] if latest is not None and latest > at else []


@dataclass(slots=True)
class _RowsThen:
    """The rows as they were at ``at``."""

    at: datetime
    rests_on: list[AuditEvent] = field(default_factory=list)
    undone: list[AuditEvent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def person(self, user_id: UUID) -> PersonState | None:
        """Return the person, if there was one."""
        state = RowsNow().person(user_id)
        earlier, later = self._events("user", str(user_id))
        for event in later:
            state = self._person_before(event, state)
        if state is not None:
            self._rest_person_on(earlier, state)
            if not self.rests_on and User.objects.filter(pk=user_id, created_at__gt=self.at).exists():
                self._doubt("created_at")
                return None
        return state

    def coded(self, kind: str, codes: Collection[str]) -> dict[str, CodedState]:
        """Return the roles, departments or tenants that were there, by code."""
        found = RowsNow().coded(kind, codes)
        for code in codes:
            if code not in found:
                self._doubt(code)
                continue
            earlier, later = self._events(kind, str(found[code].pk))
            for event in later:
                self._undo_coded(event, found[code])
            self._rest_coded_on(earlier, found[code])
        return found

    def _events(self, kind: str, pk: str) -> tuple[AuditEventQuerySet, list[AuditEvent]]:
        """Return the events up to the moment, and those to undo: the newest first."""
        about = AuditEvent.objects.filter(subject_kind=kind, subject_id=pk, type__in=_TYPES[kind])
        # By id, which follows the locks on the row; moments are taken before it is locked.
        last: int = about.filter(at__lte=self.at).aggregate(last=Max("id"))["last"] or 0
        later = list(about.filter(id__gt=last).order_by("-id"))
        self.undone += later
        return about.filter(id__lte=last), later

    def _person_before(self, event: AuditEvent, state: PersonState | None) -> PersonState | None:
        if event.type == EventType.USER_CREATED:
            if state is None:
                self._doubt("id", event)
            return None
        if event.type == EventType.USER_DELETED:
            if state is not None:
                self._doubt("id", event)
            return self._deleted(event)
        if state is None:
            # Deleted by no service: what the events do not say stays unknown.
            self._doubt("id", event)
            state = PersonState(fields=dict.fromkeys(PERSON_FIELDS), roles=set())
        if event.type in {EventType.ROLE_ASSIGNED, EventType.ROLE_UNASSIGNED}:
            self._undo_role(event, state)
        else:
            self._undo_fields(event, state)
        return state

    def _deleted(self, event: AuditEvent) -> PersonState:
        before = {name: change[0] for name, change in event.changes.items()}
        for name in (*PERSON_FIELDS, "roles"):
            if name not in before:
                self._doubt(name, event)
        return PersonState(
            fields={name: before.get(name) for name in PERSON_FIELDS}, roles=set(before.get("roles", []))
        )

    def _undo_role(self, event: AuditEvent, state: PersonState) -> None:
        role, was_assigned = event.facts["role"], event.type == EventType.ROLE_ASSIGNED
        if (role in state.roles) != was_assigned:
            self._doubt(role, event)
        if was_assigned:
            state.roles.discard(role)
        else:
            state.roles.add(role)

    def _undo_fields(self, event: AuditEvent, state: PersonState) -> None:
        for name, (before, after) in event.changes.items():
            if name not in state.fields:
                continue
            if state.fields[name] != after:
                self._doubt(name, event)
            state.fields[name] = before

    def _undo_coded(self, event: AuditEvent, state: CodedState) -> None:
        changes = event.changes
        if "permissions" in changes:
            before, after = changes["permissions"]
            if list(state.permissions) != after:
                self._doubt(event.subject_label, event)
            state.permissions = tuple(before)
        if "retired_at" in changes:
            before, after = changes["retired_at"]
            if state.is_retired != (after is not None):
                self._doubt(event.subject_label, event)
            state.is_retired = before is not None
        if event.type in _CODED_CREATED:
            self._doubt(event.subject_label, event)  # nobody can have held it

    def _rest_person_on(self, earlier: AuditEventQuerySet, state: PersonState) -> None:
        """Find the last event that made each field and role what it was, and compare."""
        answered: set[str] = set()
        for event in earlier.order_by("-id").iterator(chunk_size=100):
            told = _told_of_person(event, state)
            news = told.keys() - answered
            for about in sorted(news):
                if not told[about]:
                    self._doubt(about, event)
            if news or event.type == EventType.USER_CREATED:
                self.rests_on.append(event)
            answered |= news
            if event.type == EventType.USER_CREATED:
                for role in sorted(state.roles - answered):
                    self._doubt(role, event)
                return

    def _rest_coded_on(self, earlier: AuditEventQuerySet, state: CodedState) -> None:
        """Find the last events that made a role, department or tenant what it was, and compare."""
        answered: set[str] = set()
        for event in earlier.order_by("-id").iterator(chunk_size=100):
            told = _told_of_coded(event, state)
            news = told.keys() - answered
            if news:
                self.rests_on.append(event)
            if not all(told[about] for about in news):
                self._doubt(event.subject_label, event)
            answered |= news
            if event.type in _CODED_CREATED:
                return

    def _doubt(self, about: str, event: AuditEvent | None = None) -> None:
        self.notes.append(Note(doubt=Doubt.UNRECORDED, about=about, at=event.at if event else None))


def _told_of_person(event: AuditEvent, state: PersonState) -> dict[str, bool]:
    """Return what an event tells of a person, and whether that is what was found."""
    match event.type:
        case EventType.ROLE_ASSIGNED:
            return {event.facts["role"]: event.facts["role"] in state.roles}
        case EventType.ROLE_UNASSIGNED:
            return {event.facts["role"]: event.facts["role"] not in state.roles}
        case _:
            changes = {name: change[1] for name, change in event.changes.items()}
            return {name: state.fields[name] == changes[name] for name in PERSON_FIELDS if name in changes}


def _told_of_coded(event: AuditEvent, state: CodedState) -> dict[str, bool]:
    """Return what an event tells of a role, department or tenant, as ``_told_of_person``."""
    created = event.type in _CODED_CREATED
    told: dict[str, bool] = {}
    if created or "retired_at" in event.changes:
        told["retired_at"] = state.is_retired == (
            event.changes.get("retired_at", [None, None])[1] is not None
        )
    if created or "permissions" in event.changes:
        told["permissions"] = list(state.permissions) == event.changes.get("permissions", [[], []])[1]
    return told
