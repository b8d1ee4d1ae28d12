"""How long a browser session lives, and how long ago its person typed their password (ADR 0023).

The moments are kept in the session itself, which lives in the database: what has ended here has ended for
every copy of the cookie.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from accounts import conf

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

_SIGNED_IN_AT: Final = "authsite_signed_in_at"
_LAST_USED_AT: Final = "authsite_last_used_at"
_PASSWORD_AT: Final = "authsite_password_at"  # noqa: S105 - the name of a moment
#: Not every request writes the session again; a session may end this much too early.
USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)


class TimeOut(StrEnum):
    """Why a browser session has ended by itself."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


def begin_browser_session(session: SessionBase, *, now: datetime) -> None:
    """Remember that the person has just signed in with their password."""
    if _SIGNED_IN_AT in session:
        # Django keeps the key of somebody who signs in again, and with it every copy of the cookie.
        session.cycle_key()
    session[_SIGNED_IN_AT] = session[_LAST_USED_AT] = session[_PASSWORD_AT] = now.timestamp()


def signed_in_at(session: SessionBase) -> datetime | None:
    """Return when the person signed in."""
    return _moment(session, _SIGNED_IN_AT)


def time_out_of(session: SessionBase, *, now: datetime) -> TimeOut | None:
    """Return why the session is over, or none while it lives; what names no moments is over."""
    signed_in, last_used = _moment(session, _SIGNED_IN_AT), _moment(session, _LAST_USED_AT)
    if signed_in is None or now - signed_in >= conf.browser_absolute_lifetime():
        return TimeOut.ABSOLUTE
    if last_used is None or now - last_used >= conf.browser_idle_lifetime():
        return TimeOut.IDLE
    return None


def note_use(session: SessionBase, *, now: datetime) -> None:
    """Remember that the person has used the session, once a minute."""
    last_used = _moment(session, _LAST_USED_AT)
    if last_used is None or now - last_used >= USE_IS_NOTED_EVERY:
        session[_LAST_USED_AT] = now.timestamp()


def note_password(session: SessionBase, *, now: datetime) -> None:
    """Remember that the person has typed their password again; whoever copied the old cookie is out."""
    session[_PASSWORD_AT] = session[_LAST_USED_AT] = now.timestamp()
    session.cycle_key()


def has_recent_password(session: SessionBase, *, now: datetime) -> bool:
    """Tell whether the password was typed a short while ago."""
    typed = _moment(session, _PASSWORD_AT)
    return typed is not None and now - typed < conf.password_window()


def _moment(session: SessionBase, name: str) -> datetime | None:
    value = session.get(name)
    return datetime.fromtimestamp(value, UTC) if isinstance(value, float) else None
