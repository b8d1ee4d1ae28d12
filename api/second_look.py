"""A second look at a refusal: are the claims of now allowed what the token's claims are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils import timezone
from rest_framework.exceptions import APIException

from accounts.change_log.staleness import may_have_gained
from accounts.errors import AuthsiteError
from accounts.refresh_sessions.services import read_current_claims
from accounts.tokens.verified_claims import MissingClaimError, VerifiedClaims

if TYPE_CHECKING:  # DRF's views import the exception handler that the settings name
    from collections.abc import Mapping

    from rest_framework.request import Request
    from rest_framework.views import APIView


def code_after_second_look(code: str, exc: Exception, context: Mapping[str, Any]) -> str:
    """Return the code of the problem, or another one where a refresh is what helps.

    Only the change log in memory is asked, unless it has an entry that may have added something since the
    token was issued: then what a refresh would say is read (three queries), and asked the same question.
    """
    request, view = context.get("request"), context.get("view")
    claims = getattr(request, "_auth", None)  # never authenticate again while an exception is answered
    if not isinstance(claims, VerifiedClaims) or claims.sid is None or request is None or view is None:
        return code
    if code == "access_denied" and _would_be_allowed(claims, request, view):
        return "token_outdated"
    if isinstance(exc, MissingClaimError) and _gained(claims):
        return "token_stale"  # the contract says it since a later moment
    return code


def _gained(claims: VerifiedClaims) -> bool:
    try:
        return may_have_gained(claims.claims)
    except AuthsiteError:
        return False


def _would_be_allowed(claims: VerifiedClaims, request: Request, view: APIView) -> bool:
    if not _gained(claims):
        return False
    try:
        fresh = read_current_claims(sid=UUID(claims.sid), audience=claims.aud, now=timezone.now())
        request.auth = VerifiedClaims.of(fresh, claims.header)
        view.check_permissions(request)
    except (APIException, PermissionDenied, AuthsiteError, DatabaseError):
        return False
    else:
        return True
    finally:
        request.auth = claims
