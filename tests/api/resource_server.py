"""A service of somebody else's that asks authsite, as its developer would write it."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts import conf
from accounts.audiences.credentials import create_audience_credential, register_audience_key
from accounts.audiences.models import Audience, AudienceCredential
from accounts.keys.jws_registry import jws_registry
from accounts.tokens.client_assertions import ASSERTION_TYPE
from tests.accounts.journeys import SYSTEM

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.keys.keyring import AsymmetricKey

INTROSPECT = "/api/v1/oauth/introspect/"
REVOKE = "/api/v1/oauth/revoke/"
FORM = "application/x-www-form-urlencoded"

#: A key for each algorithm.
KEYS: dict[str, AsymmetricKey] = {
    "ES256": ECKey.generate_key("P-256"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "RS256": RSAKey.generate_key(2048),
    "PS256": RSAKey.generate_key(2048),
}


def public_jwk(algorithm: str) -> dict[str, Any]:
    """Return what the service hands in."""
    return {**KEYS[algorithm].as_dict(private=False), "alg": algorithm}


def audience(code: str = "reports") -> Audience:
    """Return the audience that the service is."""
    row, _created = Audience.objects.get_or_create(code=code, defaults={"label": code.title()})
    return row


def basic(code: str, secret: str) -> str:
    """Return the header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{code}:{secret}".encode()).decode()


def secret_of(code: str = "reports") -> str:
    """Return a new secret of the audience, as a header."""
    _row, secret = create_audience_credential(
        audience_id=audience(code).pk, label="server", actor=SYSTEM, now=timezone.now()
    )
    return basic(code, secret)


def register(algorithm: str = "ES256", code: str = "reports") -> AudienceCredential:
    """Register the key of this algorithm."""
    return register_audience_key(
        audience_id=audience(code).pk,
        label="server",
        jwk=public_jwk(algorithm),
        actor=SYSTEM,
        now=timezone.now(),
    )


def assertion_claims(code: str = "reports", *, now: datetime | None = None) -> dict[str, Any]:
    """Return the claims of a good assertion."""
    at = int((now or timezone.now()).timestamp())
    return {
        "iss": code,
        "sub": code,
        "aud": conf.issuer(),
        "iat": at,
        "exp": at + 60,
        "jti": uuid.uuid4().hex,
    }


def assertion(
    claims: dict[str, Any] | bytes | None = None,
    *,
    algorithm: str = "ES256",
    key: AsymmetricKey | None = None,
    **header: Any,
) -> str:
    """Return a JWS over exactly these claims."""
    said = assertion_claims() if claims is None else claims
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    members = {name: value for name, value in ({"alg": algorithm} | header).items() if value is not None}
    signing_input = f"{_encoded(json.dumps(members).encode())}.{_encoded(content)}"
    signature = (
        jws_registry(algorithm).get_alg(algorithm).sign(signing_input.encode(), key or KEYS[algorithm])
    )
    return f"{signing_input}.{_encoded(signature)}"


def asserting(assertion: str, **more: str) -> dict[str, str]:
    """Return the parameters that carry an assertion."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **more}


def post(path: str, parameters: dict[str, str] | str, **headers: str) -> HttpResponse:
    """Send a form, without logging in."""
    body = parameters if isinstance(parameters, str) else urlencode(parameters)
    content_type = headers.pop("Content_Type", FORM)
    return Client().generic("POST", path, body, content_type=content_type, headers=headers)  # type: ignore[return-value] # the stubs' private response type


@dataclass(frozen=True)
class Service:
    """The server of an audience, with its secret."""

    code: str
    authorization: str

    @classmethod
    def of(cls, code: str = "reports") -> Service:
        """Return a server with a new secret."""
        return cls(code, secret_of(code))

    def introspect(self, token: str, **more: str) -> dict[str, Any]:
        """Return what authsite says of a token."""
        answer = post(INTROSPECT, {"token": token, **more}, Authorization=self.authorization)
        assert answer.status_code == 200, answer.content
        said: dict[str, Any] = json.loads(answer.content)
        return said

    def revoke(self, token: str, **more: str) -> HttpResponse:
        """Ask to revoke a token."""
        return post(REVOKE, {"token": token, **more}, Authorization=self.authorization)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
