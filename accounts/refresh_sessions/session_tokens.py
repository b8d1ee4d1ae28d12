"""The row of a new session, and the tokens that a session hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from accounts import conf
from accounts.audiences.claim_sources import LoginContext
from accounts.audiences.contracts import ClaimContract
from accounts.audit.actors import Origin
from accounts.models import User
from accounts.models.subject_facts import read_subject_facts
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.opaque_tokens import make_device_token, make_refresh_token, read_device_token
from accounts.tokens.claims import Claims
from accounts.tokens.issuing import IssuedAccessToken, claims_to_issue, issue_access_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What an app says about the device it runs on."""

    name: str = ""
    platform: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """The tokens of one login or refresh; lifetimes are in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    sid: UUID
    device_token: str


def new_session(
    user: User,
    contract: ClaimContract,
    client_id: str,
    device: Device,
    origin: Origin,
    auth_methods: tuple[str, ...],
    now: datetime,
) -> RefreshSession:
    """Return the unsaved row of a new login; a device with an authentic token keeps its id."""
    known = read_device_token(device.token, sub=user.id) if device.token else None
    expires_at = now + conf.session_absolute_lifetime()
    return RefreshSession(
        user=user,
        audience_id=contract.audience,
        client_id=client_id,
        secret_version=conf.refresh_secrets().current_version,
        rotated_at=now,
        device_id=known or uuid4(),
        device_name=device.name,
        platform=device.platform,
        user_agent=origin.user_agent[:255],
        login_ip=origin.ip,
        last_ip=origin.ip,
        auth_time=now,
        auth_methods=list(auth_methods),
        created_at=now,
        last_used_at=now,
        idle_expires_at=min(now + conf.session_idle_lifetime(), expires_at),
        expires_at=expires_at,
    )


def issue_for_session(
    session: RefreshSession, user: User, contract: ClaimContract, epoch: int, now: datetime
) -> IssuedAccessToken:
    """Sign an access token with fresh claims of ``user`` (loaded with the directory) for ``session``.

    :raise AudienceClosedError: the audience is not open to this person
    :raise TokenUnissuableError: the claims do not fit the contract
    """
    return issue_access_token(
        subject=read_subject_facts(user, with_department_path=contract.reads_department_path),
        contract=contract,
        context=login_context_of(session),
        sid=session.sid,
        epoch=epoch,
        now=now,
    )


def claims_for_session(session: RefreshSession, user: User, contract: ClaimContract, epoch: int) -> Claims:
    """Return what ``issue_for_session`` would sign, without the times and the ids.

    :raise AudienceClosedError: the audience is not open to this person
    :raise ClaimSourceError: a source failed
    """
    subject = read_subject_facts(user, with_department_path=contract.reads_department_path)
    contract.access.require(subject, audience=contract.audience)
    return claims_to_issue(subject=subject, contract=contract, context=login_context_of(session), epoch=epoch)


def issued_tokens(session: RefreshSession, access: IssuedAccessToken, now: datetime) -> IssuedTokens:
    """Return what the client gets: the access token, and the refresh token of the row's generation."""
    return IssuedTokens(
        access_token=access.token,
        expires_in=access.expires_in,
        refresh_token=make_refresh_token(
            sid=session.sid, generation=session.generation, secret_version=session.secret_version
        ),
        refresh_expires_in=int((session.idle_expires_at - now).total_seconds()),
        sid=session.sid,
        device_token=make_device_token(sub=session.user_id, device_id=session.device_id),
    )


def login_context_of(session: RefreshSession) -> LoginContext:
    """Return what the session's login knew."""
    return LoginContext(
        client_id=session.client_id,
        ip=session.login_ip,
        auth_time=session.auth_time,
        auth_methods=tuple(session.auth_methods),
    )
