"""All that is to be said about a pasted token: key, audience, person, session, and what has changed since."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from accounts import conf
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.change_log.epoch import current_epoch
from accounts.explanations.pasted.doors import Verdict, verdict_on
from accounts.explanations.pasted.key import KeyFacts, facts_of_key
from accounts.explanations.pasted.recognised import Kind, Recognised, recognise
from accounts.explanations.pasted.refresh import NextClaims, claims_of_a_refresh
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.rotation import Meaning, meaning_of

#: How many events about the person, and about the audience, are shown.
MAX_EVENTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceFacts:
    """The audience of a token as it is now, and the version of its contract by which the token was issued.

    ``version`` is none where nobody knows: the token is older than the versions that were written down.
    """

    row: Audience
    is_own: bool
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReport:
    """What a pasted token is, and all around it. Times are none where they are not verified.

    ``is_withheld``: it is about nobody whom the viewer may see, so that nothing but its kind is said.
    ``sub`` and ``sid`` are verified. ``meaning`` is what presenting a refresh token would lead to.
    """

    recognised: Recognised
    verdict: Verdict
    at: datetime
    is_withheld: bool = False
    key: KeyFacts | None = None
    sub: UUID | None = None
    sid: UUID | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    person: User | None = None
    session: RefreshSession | None = None
    session_is_live: bool = False
    meaning: Meaning | None = None
    audience: AudienceFacts | None = None
    next_claims: NextClaims | None = None
    encrypted_for: str = ""
    events: tuple[AuditEvent, ...] = ()


@sensitive_variables("pasted")
def explain_pasted_token(pasted: str, *, viewer: User, with_events: bool, now: datetime) -> TokenReport:
    """Say all about what was pasted that ``viewer`` may see. Nothing is written.

    Queries: at most 12, of which one is for staff of a tenant, and two for the way of a department.

    :raise KeysUnreadableError: nobody can tell which keys are good
    """
    recognised = recognise(pasted, now=now)
    if recognised.kind in {Kind.ACCESS_TOKEN, Kind.REFRESH_TOKEN}:
        return _about_somebody(recognised, viewer, with_events, now)
    return TokenReport(
        recognised=recognised,
        verdict=verdict_on(recognised),
        at=now,
        key=facts_of_key(recognised),
        encrypted_for=_encrypted_for(recognised),
    )


def _encrypted_for(recognised: Recognised) -> str:
    """Return the audience whose key the header of an encrypted token names: not verified, as the header."""
    if recognised.kind is not Kind.ENCRYPTED_TOKEN:
        return ""
    key = EncryptionKey.objects.filter(kid=recognised.kid[:43]).select_related("audience").first()
    return key.audience.code if key else ""


def _about_somebody(recognised: Recognised, viewer: User, with_events: bool, now: datetime) -> TokenReport:  # noqa: FBT001 - private
    sub, sid = _ids_of(recognised)
    session = _session(sid)
    if session is not None and sub not in {None, session.user_id}:
        session = None  # nobody issues such a token; whoever has our key can
    person = session.user if session else _person(sub)
    sub = person.pk if person else sub
    issued_at = _moment(recognised, "iat")
    if not _may_see(viewer, person, since=issued_at):
        return TokenReport(
            recognised=Recognised(kind=recognised.kind, signature=recognised.signature),
            verdict=verdict_on(recognised),
            at=now,
            is_withheld=True,
            sub=sub,
            sid=sid,
            person=person,
        )
    audience = _audience(recognised, session, issued_at)
    return TokenReport(
        recognised=recognised,
        verdict=verdict_on(recognised),
        at=now,
        key=facts_of_key(recognised),
        sub=sub,
        sid=sid,
        issued_at=issued_at,
        expires_at=_moment(recognised, "exp"),
        person=person,
        session=session,
        session_is_live=_is_live(session, now),
        meaning=_meaning(recognised, session, now),
        audience=audience,
        next_claims=claims_of_a_refresh(recognised, session, now=now),
        events=_events(viewer, sub, sid, audience, issued_at) if with_events else (),
    )


def _ids_of(recognised: Recognised) -> tuple[UUID | None, UUID | None]:
    if recognised.refresh is not None:
        return None, recognised.refresh.sid
    return _uuid(recognised.claims["sub"]), _uuid(recognised.claims["sid"])


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _moment(recognised: Recognised, claim: str) -> datetime | None:
    seconds = recognised.claims.get(claim)
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
    except (ValueError, OverflowError, OSError):
        return None


def _session(sid: UUID | None) -> RefreshSession | None:
    if sid is None:
        return None
    sessions = RefreshSession.objects.with_subject().annotate(epoch=current_epoch())
    session: RefreshSession | None = sessions.filter(sid=sid).first()
    return session


def _person(sub: UUID | None) -> User | None:
    person: User | None = User.objects.with_directory().filter(pk=sub).first() if sub else None
    return person


def _may_see(viewer: User, person: User | None, *, since: datetime | None) -> bool:
    """Tell whether the token's person is, and was since its issue, one of the viewer's people."""
    if viewer.tenant_id is None:
        return True
    if person is None or person.tenant_id != viewer.tenant_id:
        return False
    moved = AuditEvent.objects.filter(
        type=EventType.USER_CHANGED,
        subject_kind="user",
        subject_id=str(person.pk),
        changes__has_key="tenant",
    )
    return since is None or not moved.filter(at__gte=since).exists()


def _is_live(session: RefreshSession | None, now: datetime) -> bool:
    return session is not None and session.ended_at is None and not session.is_expired(at=now)


def _meaning(recognised: Recognised, session: RefreshSession | None, now: datetime) -> Meaning | None:
    if recognised.refresh is None or session is None:
        return None
    return meaning_of(recognised.refresh, session, device_token=None, now=now)


def _audience(
    recognised: Recognised, session: RefreshSession | None, issued_at: datetime | None
) -> AudienceFacts | None:
    code = session.audience_id if recognised.refresh and session else recognised.audience
    row = Audience.objects.filter(code=code).first()
    if row is None:
        return None
    return AudienceFacts(row=row, is_own=row.code == conf.own_audience(), version=_version(row, issued_at))


def _version(audience: Audience, issued_at: datetime | None) -> int | None:
    """Return the version of the contract at a moment of a token: times in tokens are whole seconds."""
    if issued_at is None:
        return None
    kept = audience.contract_versions.filter(created_at__lt=issued_at + timedelta(seconds=1))
    version: int | None = kept.order_by("-version").values_list("version", flat=True).first()
    return version


def _events(
    viewer: User, sub: UUID | None, sid: UUID | None, audience: AudienceFacts | None, since: datetime | None
) -> tuple[AuditEvent, ...]:
    """Return what happened to person and audience since the issue, the newest first."""
    if since is None:
        return ()
    its_own_start = Q(type=EventType.REFRESH_SESSION_STARTED, facts__sid=str(sid))
    about = [("user", sub), ("audience", audience.row.pk if audience else None)]
    found = [
        event
        for kind, pk in about
        if pk is not None
        for event in AuditEvent.objects.visible_to(viewer)
        .filter(subject_kind=kind, subject_id=str(pk), at__gte=since)
        .exclude(its_own_start)
        .order_by("-id")[:MAX_EVENTS]
    ]
    return tuple(sorted(found, key=lambda event: event.pk, reverse=True))
