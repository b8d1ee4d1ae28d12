"""Starting, rotating and ending refresh sessions (design.md §5, RFC 9700 §4.14)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import UnknownAudienceError
from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.change_log.epoch import current_epoch
from accounts.models import BrowserSessionMarker, User
from accounts.refresh_sessions.errors import (
    InvalidRefreshTokenError,
    RefreshError,
    ReuseDetectedError,
    SessionBusyError,
    SessionEndedError,
    SessionExpiredError,
    UnknownSessionError,
)
from accounts.refresh_sessions.models import EndReason, RefreshSession, RefreshSessionQuerySet
from accounts.refresh_sessions.opaque_tokens import RefreshToken, read_refresh_token
from accounts.refresh_sessions.rotation import Meaning, meaning_of
from accounts.refresh_sessions.session_tokens import (
    Device,
    IssuedTokens,
    claims_for_session,
    issue_for_session,
    issued_tokens,
    new_session,
)
from accounts.refresh_sessions.steps import facts_of, go_on
from accounts.tokens.claims import Claims

#: A step that loses the race reads the row again; the second reading finds the winner's step.
MAX_TRIES = 4

#: Where ending sessions is all that was asked for, and no other event tells of it.
_ASKED_FOR = {EndReason.ENDED_BY_SUBJECT, EndReason.ENDED_BY_ADMINISTRATOR}


def start_refresh_session(
    *,
    user: User,
    epoch: int,
    contract: ClaimContract,
    client_id: str,
    device: Device,
    auth_methods: tuple[str, ...],
    actor: Actor,
    now: datetime,
) -> IssuedTokens:
    """Start a session for a person who has just proved who they are, and issue its first tokens.

    ``epoch`` must have been read with or before ``user``. Nothing is written when the token is unissuable.

    :raise AudienceClosedError: the audience is not open to this person
    :raise TokenUnissuableError: the claims do not fit the contract
    """
    session = new_session(user, contract, client_id, device, actor.origin, auth_methods, now)
    access = issue_for_session(session, user, contract, epoch, now)
    with transaction.atomic():
        session.save(force_insert=True)
        record_event(
            type=EventType.REFRESH_SESSION_STARTED,
            actor=actor,
            subject=user.as_audit_subject(),
            now=now,
            facts=facts_of(session) | {"audience": contract.audience, "client_id": client_id},
        )
    return issued_tokens(session, access, now)


def rotate_refresh_session(
    *, presented: str, audience: str | None, device_token: str | None, origin: Origin, now: datetime
) -> IssuedTokens:
    """Exchange a refresh token for its successor and a new access token with fresh claims.

    The access token is made before the step is taken: where it cannot be issued, the session stays
    where it is. Statements: session and subject, contract, roles, the step.

    :raise RefreshError: one of its four consequences
    :raise SessionBusyError: others stepped at every try; nobody is logged out for that
    :raise UnknownAudienceError: ``audience`` is not in force
    :raise AudienceClosedError: the audience is not open to this person
    :raise TokenUnissuableError: the claims do not fit the contract
    """
    token = read_refresh_token(presented)
    for _try in range(MAX_TRIES):
        session = _read_session(token)
        meaning = meaning_of(token, session, device_token=device_token, now=now)
        _refuse(meaning, session, token, origin, now)
        contract = _contract_of(session, audience)
        access = issue_for_session(session, session.user, contract, session.epoch, now)  # type: ignore[attr-defined] # annotated
        if go_on(meaning, session, token, origin, now):
            return issued_tokens(session, access, now)
    raise SessionBusyError(sid=token.sid)


def require_live_session(*, presented: str, now: datetime) -> None:
    """Accept the current refresh token of a live session, or its predecessor within the grace period.

    :raise RefreshError: it could not be refreshed; nothing is changed
    """
    token = read_refresh_token(presented)
    session = _read_session(token)
    match meaning_of(token, session, device_token=None, now=now):
        case Meaning.ENDED:
            raise SessionEndedError(sid=session.sid)
        case Meaning.EXPIRED:
            raise SessionExpiredError(sid=session.sid)
        case Meaning.STEP | Meaning.STEP_FROM_AHEAD | Meaning.SAME_SUCCESSOR:
            return
        case _:
            raise InvalidRefreshTokenError(reason="superseded", sid=session.sid)


def read_current_claims(*, sid: UUID, audience: str, now: datetime) -> Claims:
    """Return what a refresh of the session would say now, without stepping. Three queries.

    :raise SessionEndedError: it could not be refreshed
    :raise UnknownAudienceError: ``audience`` is not in force
    :raise ClaimSourceError: a source failed
    """
    live = RefreshSession.objects.live(at=now).with_subject().annotate(epoch=current_epoch())
    session = live.filter(sid=sid).first()
    if session is None or not session.user.may_log_in():
        raise SessionEndedError(sid=sid)
    contract = read_contract(audience)
    return claims_for_session(session, session.user, contract, session.epoch)  # type: ignore[attr-defined] # annotated


def end_presented_session(*, presented: str, origin: Origin, now: datetime) -> None:
    """End the session of a refresh token of any generation; a foreign or ended one changes nothing."""
    try:
        token = read_refresh_token(presented)
        session = _read_session(token)
    except RefreshError:
        return
    end_own_refresh_session(
        user_id=session.user_id, sid=session.sid, reason=EndReason.LOGOUT, origin=origin, now=now
    )


def end_refresh_session(*, user_id: UUID, sid: UUID, reason: EndReason, actor: Actor, now: datetime) -> bool:
    """End one session of a person; tell whether it was live until now.

    :raise UnknownSessionError: it is not theirs
    """
    return bool(_end(*_session_of(user_id, sid), reason, actor, now))


def end_own_refresh_session(
    *, user_id: UUID, sid: UUID, reason: EndReason, origin: Origin, now: datetime
) -> bool:
    """End one of one's own sessions; tell whether it was live until now.

    :raise UnknownSessionError: it is not theirs
    """
    theirs, user = _session_of(user_id, sid)
    return bool(_end(theirs, user, reason, user.as_actor(origin), now))


def end_refresh_sessions(
    *, user: User, reason: EndReason, actor: Actor, now: datetime, keep: UUID | None = None
) -> int:
    """End every session of ``user`` but ``keep``, also by browser; return how many could be refreshed."""
    theirs = RefreshSession.objects.filter(user=user)
    if keep is not None:
        theirs = theirs.exclude(sid=keep)
    with transaction.atomic():
        # Always the person first, as a login does: two that wait for each other would end in neither.
        if not User.objects.select_for_update().filter(pk=user.pk).values_list("pk"):
            return 0
        BrowserSessionMarker.objects.renew_for([user.pk])
        ended = _end(theirs, user, reason, actor, now)
        if not ended and reason in _ASKED_FOR:
            record_event(
                type=EventType.BROWSER_SESSION_ENDED,
                actor=actor,
                subject=user.as_audit_subject(),
                now=now,
                facts={"reason": str(reason)},
            )
    return len(ended)


def _session_of(user_id: UUID, sid: UUID) -> tuple[RefreshSessionQuerySet, User]:
    theirs = RefreshSession.objects.filter(user=user_id, sid=sid)
    session = theirs.with_subject().first()
    if session is None:
        raise UnknownSessionError(sid=sid)
    return theirs, session.user


def _end(
    sessions: RefreshSessionQuerySet, user: User, reason: EndReason, actor: Actor, now: datetime
) -> list[UUID]:
    with transaction.atomic():
        # Locked in one order, so that two that end the same sessions do not wait for each other.
        live = sessions.filter(ended_at__isnull=True).order_by("sid").select_for_update()
        sids = list(live.values_list("sid", flat=True))
        if sids:
            RefreshSession.objects.filter(sid__in=sids).update(ended_at=now, end_reason=reason)
            record_event(
                type=EventType.REFRESH_SESSION_REUSED
                if reason is EndReason.REUSE
                else EventType.REFRESH_SESSION_ENDED,
                actor=actor,
                subject=user.as_audit_subject(),
                now=now,
                facts={"reason": str(reason), "sids": [str(sid) for sid in sids]},
            )
    return sids


def _read_session(token: RefreshToken) -> RefreshSession:
    session = (
        RefreshSession.objects.with_subject().annotate(epoch=current_epoch()).filter(sid=token.sid).first()
    )
    if session is None:
        raise InvalidRefreshTokenError(reason="no such session", sid=token.sid)
    return session


def _contract_of(session: RefreshSession, audience: str | None) -> ClaimContract:
    if audience is not None:
        return read_contract(audience)
    try:
        return read_contract(session.audience_id)
    except UnknownAudienceError as error:
        raise SessionEndedError(reason="its audience is retired", sid=session.sid) from error


def _refuse(
    meaning: Meaning, session: RefreshSession, token: RefreshToken, origin: Origin, now: datetime
) -> None:
    facts = {"sid": session.sid, "generation": session.generation, "presented": token.generation}
    match meaning:
        case Meaning.ENDED:
            raise SessionEndedError(reason=session.end_reason or "inactive", **facts)
        case Meaning.EXPIRED:
            raise SessionExpiredError(**facts)
        case Meaning.FOREIGN:
            raise InvalidRefreshTokenError(reason="made with another secret", **facts)
        case Meaning.REUSE:
            whoever = Actor(sub=None, label="refresh token", origin=origin)
            sessions = RefreshSession.objects.filter(sid=session.sid)
            _end(sessions, session.user, EndReason.REUSE, whoever, now)
            raise ReuseDetectedError(**facts)
        case _:
            return
