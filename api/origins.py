"""Who sends a request and from where, as the domain wants to know it."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from rest_framework.request import Request

from accounts.audit.actors import Actor, Origin
from accounts.services.browser_sign_in import origin_of
from accounts.tokens.verified_claims import VerifiedClaims
from api.authentication import BrowserSessionAuthentication, TokenSubject


def request_origin(request: Request) -> Origin:
    """Return where the request came from, and by which session."""
    origin = origin_of(request._request)
    claims = request.auth
    if isinstance(claims, VerifiedClaims) and claims.sid:
        return replace(origin, sid=UUID(claims.sid))
    return origin


def request_claims(request: Request) -> VerifiedClaims:
    """Return the verified claims of an authenticated request."""
    claims = request.auth
    assert isinstance(claims, VerifiedClaims)  # noqa: S101 - every view that asks has a permission that needs them
    return claims


def request_subject(request: Request) -> TokenSubject:
    """Return whom the claims of an authenticated request are about."""
    subject: object = request.user
    assert isinstance(subject, TokenSubject)  # noqa: S101 - as above
    return subject


def is_from_browser_session(request: Request) -> bool:
    """Tell whether a browser session authenticated the request, and no bearer token."""
    return isinstance(request.successful_authenticator, BrowserSessionAuthentication)


class Act(TypedDict):
    """What every service asks for."""

    actor: Actor
    now: datetime


def request_sid(request: Request) -> UUID | None:
    """Return the refresh session of the request; none for a browser session."""
    sid = request_claims(request).sid
    return UUID(sid) if sid else None
