"""What a presented refresh token means for its session: a pure decision (design.md §5)."""

from datetime import datetime
from enum import Enum, auto

from accounts import conf
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.opaque_tokens import RefreshToken, read_device_token


class Meaning(Enum):
    """What to do with an authentic refresh token."""

    STEP = auto()
    """It is the current one: go one generation on."""
    STEP_FROM_AHEAD = auto()
    """It is ahead of the row, which a restored backup put back: go on from where the client is."""
    SAME_SUCCESSOR = auto()
    """It is the predecessor, within the grace period: its answer was lost, or requests ran in parallel."""
    LATE_RETRY = auto()
    """It is the predecessor, late, from the device itself: a phone suspended in the middle of a refresh."""
    REUSE = auto()
    """It should not exist any more: a thief's copy, or the owner's after a thief used it."""
    ENDED = auto()
    EXPIRED = auto()
    FOREIGN = auto()
    """Its secret is not the one that made the current generation."""


def meaning_of(  # noqa: PLR0911 - a table of cases
    token: RefreshToken, session: RefreshSession, *, device_token: str | None, now: datetime
) -> Meaning:
    """Decide what ``token`` means for ``session`` as it was just read."""
    if session.ended_at is not None or not session.user.may_log_in():
        return Meaning.ENDED
    if session.is_expired(at=now):
        return Meaning.EXPIRED
    ahead = token.generation - session.generation
    if ahead == 0:
        return Meaning.STEP if token.secret_version == session.secret_version else Meaning.FOREIGN
    if ahead > 0:
        # Not with a secret that was replaced: whoever has it could be ahead of every session.
        is_current = token.secret_version >= session.secret_version
        return Meaning.STEP_FROM_AHEAD if is_current else Meaning.FOREIGN
    if ahead < -1:
        return Meaning.REUSE
    if now - session.rotated_at <= conf.refresh_grace():
        return Meaning.SAME_SUCCESSOR
    return _late(session, device_token)


def _late(session: RefreshSession, device_token: str | None) -> Meaning:
    known = device_token and read_device_token(device_token, sub=session.user_id) == session.device_id
    if not known:
        return Meaning.REUSE
    # Twice in a row is no accident any more: somebody else is going on with the successors.
    if session.late_retry_generation == session.generation - 1:
        return Meaning.REUSE
    return Meaning.LATE_RETRY
