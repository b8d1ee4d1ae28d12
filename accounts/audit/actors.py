"""Who asks for a change, and from where."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from."""

    ip: str | None = None
    user_agent: str = ""
    request_id: str = ""
    #: The refresh session that the request's token belongs to; its first event names the device.
    sid: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person (``sub`` set) or the system itself (``sub`` none), at an origin.

    An actor says who; what they may do is read from the database when it matters, so that a stale
    token cannot make a change. ``by_role`` is the role that the request claims: the person must still
    hold it when the change is made.
    """

    sub: UUID | None
    label: str
    origin: Origin = Origin()
    by_role: str | None = None
    #: Why they do it, where they said so: a fact of every event of this change.
    why: str = ""

    @classmethod
    def system(cls, label: str) -> Self:
        """Return the installation itself, acting through ``label``: a command or a migration."""
        return cls(sub=None, label=label)
