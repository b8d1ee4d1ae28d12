"""Logging in and refreshing, as the tests of the domain do it, at an explicit time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from accounts.audit.actors import Actor, Origin
from accounts.keys.algorithms import SigningAlgorithm
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.services import rotate_refresh_session
from accounts.services.login import log_in
from accounts.tokens.verification import verify_access_token
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import Device, IssuedTokens

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
#: The default grace period, and the first moment after it.
GRACE = timedelta(seconds=30)
AFTER_GRACE = GRACE + SECOND

ORIGIN = Origin(ip="192.0.2.1", user_agent="pytest")
SYSTEM = Actor.system("tests")
OWN_AUDIENCE = "api-mi-aplicacion"
DEFAULT_ALGORITHM = SigningAlgorithm.ES256


def start_session(
    user: User, *, now: datetime = NOW, audience: str | None = None, device: Device | None = None
) -> IssuedTokens:
    """Log in with the factories' password."""
    login = log_in(
        email=user.email, password=PASSWORD, audience=audience, device=device, origin=ORIGIN, now=now
    )
    return login.tokens


def refresh(
    presented: str, *, now: datetime = NOW, device_token: str | None = None, audience: str | None = None
) -> IssuedTokens:
    """Present a refresh token."""
    return rotate_refresh_session(
        presented=presented, audience=audience, device_token=device_token, origin=ORIGIN, now=now
    )


def claims_of(token: str, *, now: datetime = NOW) -> dict[str, Any]:
    """Return the verified claims of an access token."""
    return verify_access_token(token, now=now).claims


def row_of(tokens: IssuedTokens) -> RefreshSession:
    """Read the session's row as it is now."""
    return RefreshSession.objects.get(sid=tokens.sid)
