"""Does every door refuse a token already, and why: asked of the change log, as each of them does."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.change_log.errors import ChangeLogUnreadableError, EndedSessionError, StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.change_log.staleness import require_fresh
from accounts.explanations.pasted.recognised import Kind, Recognised, Times


class Door(StrEnum):
    """What happens to whoever comes with the token."""

    OPEN = "open"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SESSION_ENDED = "session_ended"
    STALE = "stale"
    #: The change log cannot be read, so that nobody can tell.
    NOBODY_KNOWS = "nobody_knows"
    #: It is no access token of ours, or nothing that a door of ours can read.
    NEVER_OPEN = "never_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a door says; ``reason`` is why a token is stale, in the words of the change log."""

    door: Door
    reason: str = ""


def verdict_on(recognised: Recognised) -> Verdict:
    """Return what every door says by now. At most one query: the tail of the change log is read anew.

    Other processes know of what has just been taken away within two seconds.
    """
    if recognised.kind is not Kind.ACCESS_TOKEN:
        return Verdict(door=Door.NEVER_OPEN)
    match recognised.times:
        case Times.EXPIRED:
            return Verdict(door=Door.EXPIRED)
        case Times.NOT_YET:
            return Verdict(door=Door.NOT_YET)
        case _:
            return _by_the_change_log(recognised.claims, recognised.kid)


def _by_the_change_log(claims: Mapping[str, object], kid: str) -> Verdict:
    try:
        live_log.read_now()
        require_fresh(claims, kid=kid)
    except EndedSessionError:
        return Verdict(door=Door.SESSION_ENDED)
    except StaleTokenError as error:
        return Verdict(door=Door.STALE, reason=str(error.facts.get("reason", "")))
    except ChangeLogUnreadableError:
        return Verdict(door=Door.NOBODY_KNOWS)
    return Verdict(door=Door.OPEN)
