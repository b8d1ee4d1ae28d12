"""Who gave a person what their token says, and when: from the audit log, honest where it does not tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Max, Q

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.models import User
from accounts.models.field_changes import as_json

#: The person's own fields that a token may say, or that decide whether there is one.
FIELDS = (
    "email",
    "name",
    "tenant",
    "department",
    "special_permissions",
    "ui_preferences",
    "locale",
    "is_active",
)
#: By the name of a built-in source: the field that it says.
FIELD_OF_SOURCE = {
    "department_code": "department",
    "department": "department",
    "tenant_id": "tenant",
    "special_permissions": "special_permissions",
    "ui_preferences": "ui_preferences",
    "locale": "locale",
    "email": "email",
    "name": "name",
}
#: What decides about the admin, where somebody asks for it beside those.
FLAGS = ("is_staff", "is_superuser")
_ROLES = (EventType.ROLE_ASSIGNED, EventType.ROLE_UNASSIGNED)
_OF_FIELDS = (
    EventType.USER_CREATED,
    EventType.USER_CHANGED,
    EventType.USER_DEACTIVATED,
    EventType.USER_REACTIVATED,
)


class Knowledge(StrEnum):
    """What the audit log knows of how something came to be as it is."""

    TOLD = "told"
    #: The newest event that tells of it says otherwise: something that records no events changed it since.
    CONTRADICTED = "contradicted"
    #: No event tells of it, and events were exported and dropped since the account was made.
    DROPPED = "dropped"
    UNTOLD = "untold"
    #: No event of the viewer's tenant tells of it; there may be others.
    OUT_OF_SIGHT = "out_of_sight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How something came to be as it is: the event that tells of it, or until when events were dropped."""

    knowledge: Knowledge
    event: AuditEvent | None = None
    dropped_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """By the code of a role, of those held and those asked about; and by the name of a field.

    The origin of a role that the person lacks is how they lost it; untold, where they never had it.
    """

    roles: Mapping[str, Origin]
    fields: Mapping[str, Origin]


def read_origins(
    user: User, *, viewer: User, also_roles: Collection[str] = (), also_fields: Collection[str] = ()
) -> Origins:
    """Return how the person came by every role and field. One query, whatever they hold, with roles loaded.

    One more where some event is missing. ``viewer`` sees the events of their tenant alone.
    """
    held = {role.code for role in user.roles.all()}
    names = (*FIELDS, *also_fields)
    search = _Search(user=user, held=held, wanted={*held, *also_roles}, names=names)
    events = (
        AuditEvent.objects.visible_to(viewer)
        .filter(subject_kind="user", subject_id=str(user.pk))
        .filter(Q(type__in=_ROLES) | Q(type__in=_OF_FIELDS, changes__has_any_keys=names))
        .order_by("-id")
    )
    search.look_through(events.iterator(chunk_size=100))
    return _Missing(user=user, viewer=viewer).filled_in(search)


@dataclass(slots=True, kw_only=True)
class _Search:
    """The newest event about each thing, until all are found or the account's beginning is reached."""

    user: User
    held: set[str]
    wanted: set[str]
    names: tuple[str, ...]
    roles: dict[str, Origin] = field(default_factory=dict)
    fields: dict[str, Origin] = field(default_factory=dict)

    def look_through(self, newest_first: Iterable[AuditEvent]) -> None:
        for event in newest_first:
            if event.type in _ROLES:
                self._take_role(event)
            else:
                self._take_fields(event)
            if event.type == EventType.USER_CREATED:
                return
            if self.roles.keys() >= self.wanted and len(self.fields) == len(self.names):
                return

    def _take_role(self, event: AuditEvent) -> None:
        role = event.facts.get("role")
        if role in self.wanted and role not in self.roles:
            is_so = (role in self.held) == (event.type == EventType.ROLE_ASSIGNED)
            self.roles[role] = _origin(event, is_so=is_so)

    def _take_fields(self, event: AuditEvent) -> None:
        told = {name: change[1] for name, change in event.changes.items()}
        if event.type == EventType.USER_CREATED:
            told = _defaults(self.names) | told
        for name in self.names:
            if name in told and name not in self.fields:
                is_so = as_json(getattr(self.user, name)) == told[name]
                self.fields[name] = _origin(event, is_so=is_so)


@dataclass(slots=True, kw_only=True)
class _Missing:
    """What there is to say where no event tells."""

    user: User
    viewer: User

    def filled_in(self, search: _Search) -> Origins:
        silence: Origin | None = None
        for found, wanted in ((search.roles, search.wanted), (search.fields, set(search.names))):
            for name in wanted - found.keys():
                silence = silence or self._silence()
                found[name] = silence
        if self.viewer.tenant_id is None:
            return Origins(roles=search.roles, fields=search.fields)
        return Origins(roles=dict(_in_sight(search.roles)), fields=dict(_in_sight(search.fields)))

    def _silence(self) -> Origin:
        if self.viewer.tenant_id is not None:
            return Origin(knowledge=Knowledge.OUT_OF_SIGHT)
        latest = dropped_until()
        if latest is not None and latest >= self.user.created_at:
            return Origin(knowledge=Knowledge.DROPPED, dropped_until=latest)
        return Origin(knowledge=Knowledge.UNTOLD)


def dropped_until() -> datetime | None:
    """Return the moment of the newest event that was exported and dropped, if any was. One query."""
    dropped = AuditSeal.objects.filter(dropped_at__isnull=False)
    latest: datetime | None = dropped.aggregate(latest=Max("latest_at"))["latest"]
    return latest


def _origin(event: AuditEvent, *, is_so: bool) -> Origin:
    return Origin(knowledge=Knowledge.TOLD if is_so else Knowledge.CONTRADICTED, event=event)


def _in_sight(found: Mapping[str, Origin]) -> Iterator[tuple[str, Origin]]:
    """Yield origins of which nothing tells what happened in another tenant: a contradiction would."""
    for name, origin in found.items():
        contradicted = origin.knowledge is Knowledge.CONTRADICTED
        yield name, Origin(knowledge=Knowledge.OUT_OF_SIGHT) if contradicted else origin


def _defaults(names: Iterable[str]) -> dict[str, object]:
    """Return what a new person has where its event does not say otherwise."""
    empty = User()
    return {name: as_json(getattr(empty, name)) for name in names}
