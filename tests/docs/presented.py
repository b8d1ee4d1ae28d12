"""A good token and bad ones, as somebody could present them to another service."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import keyring
from tests.accounts.tokens.forging import base64url, part_of

if TYPE_CHECKING:
    from accounts.keys.keyring import AsymmetricKey


def read_part(token: str, place: int) -> dict[str, Any]:
    """Return the header (0) or the claims (1) of a signed token."""
    part = token.split(".")[place]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def bad_tokens(good: str) -> dict[str, str]:
    """Return what has to be refused, by what is wrong with it; all but the last are signed by somebody."""
    header, claims = read_part(good, 0), read_part(good, 1)
    start, said, end = good.split(".")
    ours = keyring.signing_key(header["alg"])
    public = dict(ours.row.public_jwk)
    stranger = RSAKey.generate_key(2048) if header["alg"] == "RS256" else ECKey.generate_key("P-256")

    def signed(claimed: dict[str, Any], key: AsymmetricKey = ours.private, **members: object) -> str:
        written = {name: value for name, value in (header | members).items() if value is not None}
        payload = json.dumps(claimed).encode()
        return jws.serialize_compact(written, payload, key, registry=jws_registry(header["alg"]))

    hmac_start = f"{part_of(header | {'alg': 'HS256'})}.{said}"
    mac = hmac.new(ours.public.as_pem(private=False), hmac_start.encode(), hashlib.sha256).digest()
    return {
        "expired": signed(claims | {"iat": claims["iat"] - 3600, "exp": claims["iat"] - 60}),
        "without exp": signed({name: value for name, value in claims.items() if name != "exp"}),
        "for another audience": signed(claims | {"aud": "payroll"}),
        "for a longer audience": signed(claims | {"aud": f"{claims['aud']}-2"}),
        "by another issuer": signed(claims | {"iss": "https://login.example.org"}),
        "by our issuer with a slash": signed(claims | {"iss": f"{claims['iss']}/"}),
        "of another type": signed(claims, typ="changes+jwt"),
        "of type JWT": signed(claims, typ="JWT"),
        "without a type": signed(claims, typ=None),
        "by a stranger": signed(claims, stranger),
        "by a stranger's kid": signed(claims, stranger, kid=stranger.thumbprint()),
        "by a stranger's jwk": signed(claims, stranger, kid=None, jwk=dict(stranger.as_dict(private=False))),
        "with our jwk, by a stranger": signed(claims, stranger, jwk=public),
        "with an unknown kid": signed(claims, kid="unknown"),
        "with altered claims": f"{start}.{part_of(claims | {'user_roles': ['root']})}.{end}",
        "with an altered signature": f"{start}.{said}.{'B' if end[0] != 'B' else 'C'}{end[1:]}",
        "by HMAC of our PEM": f"{hmac_start}.{base64url(mac)}",
        "unsigned": f"{part_of(header | {'alg': 'none'})}.{said}.",
    }
