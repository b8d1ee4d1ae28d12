"""Ninety days, an hour at a time: who logs in, who fails, what administrators do, and which sessions end."""

from collections import defaultdict
from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import Final

from accounts.audit.event_types import EventType
from accounts.management.load.curves import shares, weight_of_hour
from accounts.management.load.events import Events
from accounts.management.load.moments import HOUR
from accounts.management.load.people import People
from accounts.management.load.sessions import EndedSession, Sessions
from accounts.management.load.words import DEVICES

DAYS: Final = 90
#: How much of what happens is a login.
_LOGINS: Final = 0.5
#: How few people are how active: 1 would be all alike.
_SKEW: Final = 1.5
#: An hour in this many has somebody who guesses passwords, and so many times the events.
_ATTACK_EVERY, _ATTACK_TIMES = 401, 5
#: What else happens, by how often; the rest of an attack are failures.
_OTHERS: Final = {
    "rejected": 450,
    EventType.DEVICE_FIRST_SEEN: 180,
    EventType.BROWSER_SESSION_STARTED: 90,
    "given": 35,
    "changed": 40,
    EventType.REFRESH_SESSION_RETRIED_LATE: 35,
    EventType.PASSWORD_RESET_REQUESTED: 25,
    "limit": 20,
    EventType.PASSWORD_RESET: 18,
    EventType.PASSWORD_CHANGED: 14,
    "taken": 12,
    "created": 16,
    EventType.INVITATION_SENT: 8,
    "deactivated": 5,
    EventType.BROWSER_SESSION_CONFIRMED: 3,
    EventType.TOKEN_INSPECTED: 1,
}
_KINDS: Final = tuple(_OTHERS)
_WEIGHTS: Final = tuple(accumulate(_OTHERS.values()))


class Traffic:
    """Makes up what people did, in the order of time."""

    def __init__(self, people: People, rng: Random, now: int) -> None:
        self._people, self._rng, self._now = people, rng, now
        self.sessions, self.events = Sessions(people, rng, now), Events(people, rng)
        #: The ends of sessions that are still to come, by their hour.
        self._ends: defaultdict[int, list[EndedSession]] = defaultdict(list)
        self._newcomer = people.count_at(people.recently) + 1

    def write(self, *, sessions: int, events: int, told: Callable[[int, int], None]) -> None:
        """Write so many of both; ``told`` is called for each day with how many there are."""
        last = self._now // HOUR
        hours = range(last - 24 * DAYS + 1, last)
        weights = [weight_of_hour(hour, age=(last - hour) / (24 * DAYS)) for hour in hours]
        # Of old logins most sessions are deleted by now.
        kept = [
            weight * min(1.0, 1.5 - (last - hour) / (24 * DAYS))
            for hour, weight in zip(hours, weights, strict=True)
        ]
        for hour in hours[_ATTACK_EVERY::_ATTACK_EVERY]:
            weights[hour - hours[0]] *= _ATTACK_TIMES
        planned = zip(hours, shares(sessions, kept), shares(events, weights), strict=True)
        owed = 0
        for hour, session_count, event_count in planned:
            is_attacked = (hour - hours[0]) % _ATTACK_EVERY == 0 and hour > hours[0]
            owed = self._hour(hour, session_count, event_count + owed, is_attacked=is_attacked)
            if hour % 24 == 0:
                told(self.sessions.written, self.events.written)
        self._finish(last, owed)
        told(self.sessions.written, self.events.written)

    def _hour(self, hour: int, sessions: int, events: int, *, is_attacked: bool) -> int:
        """Write one hour; return how many events it had too few, or less than nothing for too many."""
        rng = self._rng
        happened: list[tuple[int, int, object]] = [
            (ended.at, order, ended) for order, ended in enumerate(self._ends.pop(hour, ())[: max(0, events)])
        ]
        free = max(0, events - len(happened))
        logins = min(free, max(sessions, int(free * (_LOGINS / _ATTACK_TIMES if is_attacked else _LOGINS))))
        others = free - logins
        kinds = ["rejected"] * others if is_attacked else rng.choices(_KINDS, cum_weights=_WEIGHTS, k=others)
        order = len(happened)
        begins = hour * HOUR
        for kind in [*["login"] * logins, *kinds]:
            happened.append((begins + int(rng.random() * HOUR), order, kind))
            order += 1
        happened.sort()
        written = 0
        limit = self._people.count_at(begins)
        for at, _order, what in happened:
            if isinstance(what, EndedSession):
                self.events.ended(what)
                written += 1
            elif what == "login":
                self._log_in(at, limit, keep=sessions > 0, hour=hour)
                sessions -= 1
                written += 1
            else:
                written += self._other(str(what), at, limit)
        for _more in range(sessions):
            # There are more sessions than events were asked for: their logins are not in the log.
            self._log_in(begins + int(rng.random() * HOUR), limit, keep=True, hour=hour, recorded=False)
        return events - written

    def _somebody(self, limit: int) -> int:
        """Return one of the first people, a few of them far more often than others."""
        person = int(limit * self._rng.random() ** _SKEW)
        while self._people.is_inactive[person]:
            person -= 1  # the first one is active
        return person

    def _log_in(self, at: int, limit: int, *, keep: bool, hour: int, recorded: bool = True) -> None:
        person, rng = self._somebody(limit), self._rng
        device = (person + int(3 * rng.random() ** 2)) % len(DEVICES)
        sid = f"{rng.getrandbits(128):032x}"
        sid = f"{sid[:12]}4{sid[13:16]}a{sid[17:]}"
        if recorded:
            self.events.started(at, sid, person, device)
        if keep:
            ended = self.sessions.start(sid=sid, person=person, device=device, at=at)
            if ended is not None:
                self._ends[max(ended.at // HOUR, hour + 1)].append(ended)

    def _other(self, kind: str, at: int, limit: int) -> int:
        """Write what else happened; return how many events it was."""
        events = self.events
        person = self._somebody(limit)
        match kind:
            case "rejected":
                events.rejected(at, person)
            case "limit":
                events.limit_reached(at, person)
            case "created":
                return self._created(at)
            case "given":
                return int(events.role_given(at))
            case "taken":
                return int(events.role_taken(at))
            case "changed":
                return int(events.changed(at))
            case "deactivated":
                return int(events.deactivated(at))
            case EventType.REFRESH_SESSION_RETRIED_LATE:
                events.retried_late(at, person)
            case EventType.DEVICE_FIRST_SEEN:
                device = person % len(DEVICES)
                events.first_seen(at, f"{self._rng.getrandbits(128):032x}", person, device)
            case _:
                events.simple(at, kind, person)
        return 1

    def _created(self, at: int) -> int:
        people = self._people
        if self._newcomer >= people.count or people.created_at(self._newcomer) > at:
            return 0
        self._newcomer += 1
        return self.events.created(people.created_at(self._newcomer - 1), self._newcomer - 1)

    def _finish(self, last: int, owed: int) -> None:
        """Write what is owed at the end, so that there are as many as was asked for."""
        begins = last * HOUR
        for at in sorted(
            begins + int(self._rng.random() * (self._now - begins)) for _each in range(max(0, owed))
        ):
            self.events.rejected(at, self._somebody(self._people.count))
        self.sessions.flush()
        self.events.flush()
