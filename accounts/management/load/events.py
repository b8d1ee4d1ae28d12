"""Audit events as busy weeks leave them, in the order of time, each about somebody who exists."""

from random import Random
from typing import Final

from accounts import conf
from accounts.audit.canonical import EVENT_FIELDS
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.management.load.moments import MINUTE, text_of
from accounts.management.load.people import People
from accounts.management.load.sessions import EndedSession
from accounts.management.load.tables import TableWriter
from accounts.management.load.words import DEVICES, FIRST_NAMES, GUESSERS
from accounts.refresh_sessions.models import EndReason

#: The log gives the ids.
_COLUMNS: Final = tuple(name for name in EVENT_FIELDS if name != "id")
#: Of failed logins: for an address that nobody has.
_UNKNOWN: Final = 0.3
_BY_MACHINES: Final = 0.5
_NOBODY: Final = (None, "")
_GUESSING_HOSTS: Final = 400
#: Where administrators are.
_OFFICE: Final = ("10.20.0.15", DEVICES[7][3])


def dashed(digits: str) -> str:
    """Return 32 digits as UUIDs are written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Events:
    """Makes events up and writes them; called in the order of time, for ids follow it."""

    def __init__(self, people: People, rng: Random) -> None:
        self._people, self._rng = people, rng
        self._writer = TableWriter(AuditEvent, _COLUMNS)
        self._audience = conf.own_audience()
        # Each of these happens to a person once at most: the log has to fit what they are now.
        older = people.count_at(people.recently)
        self._once = {name: iter(range(0, older, step)) for name, step in (("given", 3), ("changed", 2))}
        self._taken, self._deactivated = iter(range(1, older, 4)), iter(people.inactive)

    @property
    def written(self) -> int:
        """Return how many were written."""
        return self._writer.written

    def flush(self) -> None:
        """Write what is left."""
        self._writer.flush()

    # --- Sessions.

    def started(self, at: int, sid: str, person: int, device: int) -> None:
        """Record a login."""
        client, name, _platform, _agent = DEVICES[device]
        facts = (
            f'{{"sid": "{dashed(sid)}", "device": "{name}", "generation": 1,'
            f' "audience": "{self._audience}", "client_id": "{client}"}}'
        )
        self._by_themselves(EventType.REFRESH_SESSION_STARTED, at, person, device=device, facts=facts)

    def first_seen(self, at: int, sid: str, person: int, device: int) -> None:
        """Record a login from a new device."""
        _client, name, platform, _agent = DEVICES[device]
        facts = f'{{"sid": "{dashed(sid)}", "device": "{name}", "platform": "{platform}"}}'
        self._by_themselves(EventType.DEVICE_FIRST_SEEN, at, person, device=device, facts=facts)

    def ended(self, ended: EndedSession) -> None:
        """Record the end of a session."""
        facts = f'{{"reason": "{ended.reason}", "sids": ["{dashed(ended.sid)}"]}}'
        type_, at = EventType.REFRESH_SESSION_ENDED, ended.at
        if ended.reason == EndReason.REUSE:
            actor: tuple[str | None, str] = (None, "refresh token")
            self._about(EventType.REFRESH_SESSION_REUSED, at, ended.person, actor=actor, facts=facts)
        elif ended.reason == EndReason.ENDED_BY_ADMINISTRATOR:
            self._about(type_, at, ended.person, actor=self._administrator(), facts=facts)
        else:
            self._by_themselves(type_, at, ended.person, sid=ended.sid, facts=facts)

    def retried_late(self, at: int, person: int) -> None:
        """Record a refresh that was repeated late."""
        sid, generation = self._random_id(), self._rng.randrange(2, 90)
        facts = (
            f'{{"sid": "{dashed(sid)}", "device": "", "generation": {generation},'
            f' "presented_generation": {generation - 1}}}'
        )
        self._by_themselves(EventType.REFRESH_SESSION_RETRIED_LATE, at, person, facts=facts)

    def simple(self, at: int, type_: str, person: int) -> None:
        """Record what somebody did themselves, and that needs no more words."""
        self._by_themselves(type_, at, person)

    # --- Guessing.

    def rejected(self, at: int, person: int) -> None:
        """Record a failed login, often for nobody's address, often by a machine."""
        rng, guessed = self._rng, self._rng.random()
        origin = (self._people.ip_of(person), DEVICES[person % len(DEVICES)][3])
        if guessed < _BY_MACHINES:
            host = int(_GUESSING_HOSTS * rng.random() ** 3)
            origin = (f"45.{host >> 4}.{host * 13 % 256}.{host % 254 + 1}", GUESSERS[host % len(GUESSERS)])
        subject = ("", "", "") if guessed < _UNKNOWN else self._subject(person)
        self._write(EventType.CREDENTIALS_REJECTED, at, _NOBODY, subject, origin)

    def limit_reached(self, at: int, person: int) -> None:
        """Record that somebody tried too often."""
        kind = ("pair", "account", "address")[person % 3]
        until = text_of(at + 15 * MINUTE).replace(" ", "T")[:19] + "+00:00"
        ip = self._people.ip_of(person)
        facts = f'{{"limit": "{kind}", "size": 10, "until": "{until}", "network": "{ip}"}}'
        self._write(EventType.LIMIT_REACHED, at, _NOBODY, self._subject(person), (ip, ""), facts=facts)

    # --- The directory.

    def created(self, at: int, person: int) -> int:
        """Record that somebody came, with the roles that they were given; return how many events."""
        actor, people = self._administrator(), self._people
        changes = (
            f'{{"email": [null, "{people.email_of(person)}"], "name": [null, "{people.name_of(person)}"]}}'
        )
        self._about(EventType.USER_CREATED, at, person, actor=actor, changes=changes)
        roles = people.roles_of_recent.pop(person, ())
        for role in sorted(roles):
            self._about(EventType.ROLE_ASSIGNED, at, person, actor=actor, facts=f'{{"role": "{role}"}}')
        return 1 + len(roles)

    def role_given(self, at: int) -> bool:
        """Record that somebody was given a role that they hold; tell whether there was anybody left."""
        person = next(self._once["given"], None)
        if person is None:
            return False
        _id, role = self._people.organisation.roles[self._people.role[person]]
        self._about(
            EventType.ROLE_ASSIGNED, at, person, actor=self._administrator(), facts=f'{{"role": "{role}"}}'
        )
        return True

    def role_taken(self, at: int) -> bool:
        """Record that somebody lost a role that they do not hold; tell as ``role_given``."""
        person = next(self._taken, None)
        if person is None:
            return False
        role = self._rng.choice(self._people.organisation.past_roles)
        self._about(
            EventType.ROLE_UNASSIGNED, at, person, actor=self._administrator(), facts=f'{{"role": "{role}"}}'
        )
        return True

    def changed(self, at: int) -> bool:
        """Record that somebody has another name; tell as ``role_given``."""
        person = next(self._once["changed"], None)
        if person is None:
            return False
        name = self._people.name_of(person)
        before = f"{FIRST_NAMES[person % len(FIRST_NAMES)][0]} {name.partition(' ')[2]}"
        changes = f'{{"name": ["{before}", "{name}"]}}'
        self._about(EventType.USER_CHANGED, at, person, actor=self._administrator(), changes=changes)
        return True

    def deactivated(self, at: int) -> bool:
        """Record that somebody left; tell as ``role_given``."""
        person = next(self._deactivated, None)
        if person is None or self._people.created_at(person) >= at:
            return False
        self._about(
            EventType.USER_DEACTIVATED,
            at,
            person,
            actor=self._administrator(),
            changes='{"is_active": [true, false]}',
        )
        return True

    # --- Rows.

    def _administrator(self) -> tuple[str, str]:
        number = self._rng.choice(self._people.staff)
        return self._people.id_of(number), self._people.email_of(number)

    def _random_id(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    def _subject(self, person: int) -> tuple[str, str, str]:
        people = self._people
        return dashed(people.id_of(person)), people.email_of(person), people.tenant_of(person)

    def _by_themselves(
        self,
        type_: str,
        at: int,
        person: int,
        *,
        sid: str | None = None,
        device: int | None = None,
        facts: str = "{}",
    ) -> None:
        people = self._people
        sub, email = people.id_of(person), people.email_of(person)
        self._write(
            type_,
            at,
            (sub, email),
            (dashed(sub), email, people.tenant_of(person)),
            (people.ip_of(person), DEVICES[person % len(DEVICES) if device is None else device][3]),
            sid=sid,
            facts=facts,
        )

    def _about(
        self,
        type_: str,
        at: int,
        person: int,
        *,
        actor: tuple[str | None, str],
        changes: str = "{}",
        facts: str = "{}",
    ) -> None:
        self._write(type_, at, actor, self._subject(person), _OFFICE, changes=changes, facts=facts)

    def _write(
        self,
        type_: str,
        at: int,
        actor: tuple[str | None, str],
        subject: tuple[str, str, str],
        origin: tuple[str, str],
        *,
        sid: str | None = None,
        changes: str = "{}",
        facts: str = "{}",
    ) -> None:
        request_id = self._random_id()
        self._writer.add(
            (type_, text_of(at), *actor, "user", *subject, *origin, request_id, sid, changes, facts)
        )
