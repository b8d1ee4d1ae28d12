"""Refresh sessions as people leave them: in use, forgotten, logged out, ended for cause."""

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from accounts import conf
from accounts.management.load.moments import DAY, HOUR, MINUTE, SECOND, text_of
from accounts.management.load.people import People
from accounts.management.load.tables import TableWriter
from accounts.management.load.words import DEVICES
from accounts.refresh_sessions.models import EndReason, RefreshSession

_COLUMNS: Final = (
    "sid",
    "user_id",
    "audience_id",
    "client_id",
    "generation",
    "secret_version",
    "rotated_at",
    "device_id",
    "device_name",
    "platform",
    "user_agent",
    "login_ip",
    "last_ip",
    "auth_time",
    "auth_methods",
    "created_at",
    "last_used_at",
    "idle_expires_at",
    "expires_at",
    "ended_at",
    "end_reason",
)
_ENDED: Final = 0.35
_REASONS: Final = {
    EndReason.LOGOUT: 80,
    EndReason.ENDED_BY_SUBJECT: 8,
    EndReason.PASSWORD_CHANGED: 6,
    EndReason.ENDED_BY_ADMINISTRATOR: 3,
    EndReason.PASSWORD_RESET: 2,
    EndReason.REUSE: 1,
}
_REASON_NAMES: Final = tuple(str(reason) for reason in _REASONS)
_REASON_WEIGHTS: Final = tuple(accumulate(_REASONS.values()))


@dataclass(frozen=True, slots=True)
class EndedSession:
    """What the event of an end says."""

    sid: str
    person: int
    reason: str
    at: int


class Sessions:
    """Makes sessions up and writes them."""

    def __init__(self, people: People, rng: Random, now: int) -> None:
        self._people, self._rng, self._now = people, rng, now
        self._writer = TableWriter(RefreshSession, _COLUMNS)
        self._audience = conf.own_audience()
        self._secret_version = conf.refresh_secrets().current_version
        self._idle = int(conf.session_idle_lifetime().total_seconds()) * SECOND
        self._absolute = int(conf.session_absolute_lifetime().total_seconds()) * SECOND

    @property
    def written(self) -> int:
        """Return how many were written."""
        return self._writer.written

    def start(self, *, sid: str, person: int, device: int, at: int) -> EndedSession | None:
        """Write the session of a login as it is now; return how it ended where somebody ended it."""
        rng, now = self._rng, self._now
        # Many are used for an hour, some for weeks.
        used_for = int(rng.expovariate(1 / (HOUR if rng.random() < 0.3 else 12 * DAY)))  # noqa: PLR2004
        last_used = min(at + used_for, now - rng.randrange(8 * HOUR), at + self._absolute)
        last_used = max(at, last_used)
        expires = at + self._absolute
        ended_at, reason = None, ""
        if rng.random() < _ENDED:
            ended_at = last_used + rng.randrange(10 * MINUTE)
            reason = rng.choices(_REASON_NAMES, cum_weights=_REASON_WEIGHTS)[0]
            if ended_at >= now:
                ended_at, reason = None, ""
        client, name, platform, user_agent = DEVICES[device]
        began, used, ip = text_of(at), text_of(last_used), self._people.ip_of(person)
        self._writer.add(
            (
                sid,
                self._people.id_of(person),
                self._audience,
                client,
                1 + (last_used - at) // (8 * HOUR),
                self._secret_version,
                used,
                f"{rng.getrandbits(128):032x}",
                name,
                platform,
                user_agent,
                ip,
                ip,
                began,
                '["pwd"]',
                began,
                used,
                text_of(min(last_used + self._idle, expires)),
                text_of(expires),
                None if ended_at is None else text_of(ended_at),
                reason,
            )
        )
        return None if ended_at is None else EndedSession(sid, person, reason, ended_at)

    def flush(self) -> None:
        """Write what is left."""
        self._writer.flush()
