"""Filling an empty development database with a large organisation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from accounts.audit.models import AuditEvent
from accounts.change_log.triggers import lifted_triggers
from accounts.management.load.moments import microseconds_of
from accounts.management.load.organisation import create_organisation
from accounts.management.load.people import People
from accounts.management.load.tables import gather_statistics, in_haste, indexes_built_afterwards
from accounts.management.load.traffic import Traffic
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession

#: Says what is going on.
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSize:
    """How much of everything."""

    people: int
    sessions: int
    events: int


def create_load(*, size: LoadSize, seed: int, now: datetime, told: Told) -> None:
    """Write people, their sessions, and the audit events of 90 days: the same for the same arguments.

    Audit events are appended, as the guard has it, and wait for ``seal_audit_log``. The triggers of the
    change log would write a line for each role that is given, to people of whom no token exists.
    """
    rng = Random(seed)  # noqa: S311 - made-up people, not secrets
    moment = microseconds_of(now)
    with in_haste(), indexes_built_afterwards(User, User.roles.through, RefreshSession, AuditEvent):
        with lifted_triggers():
            told("roles, tenants and departments")
            people = People(create_organisation(people=size.people, rng=rng, now=now), size.people, moment)
            people.write(rng, lambda count: told(f"{count:,} people"))
        Traffic(people, rng, moment).write(
            sessions=size.sessions,
            events=size.events,
            told=lambda sessions, events: told(f"{sessions:,} sessions, {events:,} events"),
        )
        told("indexes")
    told("statistics")
    gather_statistics()
