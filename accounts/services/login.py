"""Logging in: credentials, a refresh session, and the first tokens."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import conf
from accounts.audiences.contracts import read_contract
from accounts.audit.actors import Origin
from accounts.models import User
from accounts.refresh_sessions.services import start_refresh_session
from accounts.refresh_sessions.session_tokens import Device, IssuedTokens
from accounts.services.credentials import require_unchanged_credentials, verify_credentials
from accounts.services.devices import note_device


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who logged in, and their tokens."""

    user: User
    tokens: IssuedTokens


def log_in(
    *,
    email: str,
    password: str,
    audience: str | None = None,
    client_id: str | None = None,
    device: Device | None = None,
    origin: Origin,
    now: datetime,
) -> Login:
    """Verify credentials and start a session for ``audience`` (authsite's own unless given).

    Statements: the subject, the taking of a place (:mod:`accounts.limits`) and its giving back, neither where
    Redis counts, the contract; in a transaction the subject's lock, the roles, the session, its audit event;
    where no device token was sent, whether the person had a session before.

    :raise InvalidCredentialsError: unknown, inactive, password-less or wrong
    :raise ThrottledError: too many failed; the password was not looked at
    :raise UnknownAudienceError: the audience is not in force
    :raise AudienceClosedError: the audience is not open to this person
    :raise TokenUnissuableError: the claims do not fit the contract
    """
    device = device or Device()
    user = verify_credentials(
        email=email, password=password, device_token=device.token, origin=origin, now=now
    )
    contract = read_contract(audience or conf.own_audience())
    actor = user.as_actor(origin)
    with transaction.atomic():
        require_unchanged_credentials(user)
        tokens = start_refresh_session(
            user=user,
            epoch=user.epoch,  # type: ignore[attr-defined] # annotated by verify_credentials
            contract=contract,
            client_id=client_id or contract.audience,
            device=device,
            auth_methods=("pwd",),
            actor=actor,
            now=now,
        )
        note_device(user=user, device=device, sid=tokens.sid, actor=actor, now=now)
    return Login(user=user, tokens=tokens)
