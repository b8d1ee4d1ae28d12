"""Who sends a request: a bearer token (no query), or a browser session with the same claims."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from typing_extensions import override

from accounts.errors import AuthsiteError
from accounts.services.browser_sign_in import browser_session_claims
from accounts.tokens.access_token import AccessToken, OutdatedAccessToken
from accounts.tokens.verified_claims import VerifiedClaims
from api.exceptions import REALM, BearerRefused
from api.request_log import bind_subject

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class TokenSubject:
    """``request.user``: whom the claims are about, without a query."""

    id: UUID
    label: str

    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> UUID:
        """Return the id, by the name that DRF asks for."""
        return self.id

    @override
    def __str__(self) -> str:
        return self.label


class BearerAuthentication(JWTStatelessUserAuthentication):
    """``Authorization: Bearer`` (RFC 6750 §2.1) with an access token of any audience."""

    www_authenticate_realm = REALM
    token_class = AccessToken

    @override
    def authenticate(  # type: ignore[override] # our own subject and claims
        self, request: Request
    ) -> tuple[TokenSubject, VerifiedClaims] | None:
        """Return the subject and the verified claims; ``request.auth`` is never an unverified token."""
        raw_token = self.get_raw_token(self.get_header(request) or b"")
        if raw_token is None:
            return None
        token = self.get_validated_token(raw_token)
        claims = VerifiedClaims.of(token.payload, token.header)
        try:
            sub = UUID(claims.sub)
        except ValueError as error:
            raise BearerRefused(code="invalid_token") from error
        bind_subject(sub)
        return TokenSubject(sub, claims.sub), claims

    @override
    def get_raw_token(self, header: bytes) -> bytes | None:
        """Return the token of the header; the scheme's case does not matter (RFC 9110 §11.1).

        Only spaces stand before it (RFC 6750 §2.1): what Python calls white space is more.
        """
        scheme, _space, credentials = header.strip(b" \t").partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = credentials.lstrip(b" ")
        if not token:
            raise BearerRefused(code="invalid_token")
        return token

    @override
    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        """Verify the token; only our own class is asked, and an expired token says so."""
        try:
            return self.token_class(raw_token)
        except ExpiredTokenError as error:
            raise BearerRefused(code="token_expired") from error
        except TokenError as error:
            raise BearerRefused(code="invalid_token") from error


class LogoutAuthentication(BearerAuthentication):
    """The same, also with a token that is outdated: nobody has to refresh in order to log out."""

    token_class = OutdatedAccessToken


class BrowserSessionAuthentication(SessionAuthentication):
    """A person signed in by browser: the claims that a token for authsite's own audience would hold."""

    @override
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the subject and the computed claims, after the CSRF check."""
        authenticated = super().authenticate(request)
        if authenticated is None:
            return None
        user, _auth = authenticated
        django_request: HttpRequest = request._request
        try:
            claims = browser_session_claims(user=user, request=django_request, now=timezone.now())
        except AuthsiteError:
            # DRF remembers refusals of its own kind alone, and the page that tells of this one asks it again.
            request._not_authenticated()  # type: ignore[attr-defined] # noqa: SLF001 - no other way to say so
            raise
        return TokenSubject(user.pk, user.email), VerifiedClaims.of(claims)

    @override
    def enforce_csrf(self, request: Request) -> None:
        """Refuse a write that another site could have made."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(code="csrf_failed") from error
