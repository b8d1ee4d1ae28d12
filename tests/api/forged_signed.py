"""Forged signed tokens, by kind of attack (RFC 8725bis §2, jwt_tool's playbook): none may open anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from tests.accounts.tokens.forging import base64url, good_claims, good_header, part_of, signed, strangers_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.keys.keyring import RingKey

Tokens = dict[str, str | bytes]

_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
#: What jwt_tool and its like put into a ``kid``: for file systems, databases, shells, templates, parsers.
_KIDS: dict[str, object] = {
    "path": "../../../../../../dev/null",
    "absolute path": "/dev/null",
    "encoded path": "..%2f..%2f..%2fetc%2fpasswd",
    "UNC path": "\\\\127.0.0.1\\share",
    "SQL": "x' UNION SELECT 'secret' --",
    "shell": "x;sleep 10|",
    "template": "{{7*7}}${7*7}<%= 7*7 %>",
    "URL": "http://169.254.169.254/latest/",
    "NUL": "\x00",
    "half a surrogate": "\ud800",
    "right to left": "\u202e\u2066kid",
    "4 kB": "k" * 4096,
    "10 kB": "k" * 10_240,
    "none": None,
    "number": 1,
    "fraction": 1.5,
    "truth": True,
    "list": ["a"],
    "object": {"$ne": ""},
    "empty": "",
}


def claims() -> dict[str, Any]:
    """Return claims that are accepted now."""
    return good_claims(timezone.now()) | {"epoch": live_log.copy().tail}


def token(*, claimed: dict[str, Any] | bytes | None = None, **header: object) -> str:
    """Return what our own key signed, with another header or other claims."""
    return signed(good_header() | header, claims() if claimed is None else claimed)


def unsigned(**header: object) -> str:
    """Return header and claims, with nothing behind them."""
    return f"{part_of(good_header() | header)}.{part_of(claims())}"


def without_signature() -> Tokens:
    """Return ``none``, however it is written, and our own signature under it (RFC 8725 §2.1)."""
    words = ("none", "None", "nOnE", "NONE", " none", "none ", "n\u043ene", "", None, "null", ["none"])
    signatures = {"no": "", "zeros as": base64url(bytes(64)), "another's": signed().rpartition(".")[2]}
    found: Tokens = {f"alg {word!r} signed": token(alg=word) for word in words}
    for word in words:
        found |= {
            f"alg {word!r}, {what} signature": f"{unsigned(alg=word)}.{signature}"
            for what, signature in signatures.items()
        }
    return found


def confused_keys() -> Tokens:
    """Return our public key, in whatever form it may be known, as the secret of an HMAC (RFC 8725 §2.1)."""
    found: Tokens = {}
    for key in keyring.keys().values():
        for form, secret in _spellings(key).items():
            for alg, digest in _HASHES.items():
                start = unsigned(alg=alg, kid=key.kid)
                mac = base64url(hmac.new(secret, start.encode(), digest).digest())
                found[f"{key.algorithm} {form} by {alg}"] = f"{start}.{mac}"
    return found


def _spellings(key: RingKey) -> dict[str, bytes]:
    pem, der = bytes(key.public.as_pem(private=False)), bytes(key.public.as_der(private=False))
    published = {"kid": key.kid, "alg": key.algorithm, "use": "sig"} | key.row.public_jwk
    raw = key.public.public_key
    spellings = {
        "PEM": pem,
        "PEM without its last newline": pem.rstrip(b"\n"),
        "PEM with two": pem + b"\n",
        "PEM of Windows": pem.replace(b"\n", b"\r\n"),
        "PEM on one line": pem.replace(b"\n", b""),
        "DER": der,
        "x5c": base64.b64encode(der),
        "base64url": base64url(der).encode(),
        "hexadecimal": der.hex().encode(),
        "JWK": json.dumps(published).encode(),
        "JWK without spaces": json.dumps(published, separators=(",", ":")).encode(),
        "JWK Set": json.dumps({"keys": [published]}).encode(),
        "SSH": raw.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "kid": key.kid.encode(),
        "nothing": b"",
    }
    if "n" in published:
        spellings["PKCS #1"] = raw.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        spellings["modulus"] = str(published["n"]).encode()
    else:
        spellings["point"] = base64.urlsafe_b64decode(f"{published['x']}==")
    return spellings


def injected_kids() -> Tokens:
    """Return what a careless look-up would take for a file, a query, a command or an address."""
    found: Tokens = {}
    for what, kid in _KIDS.items():
        found[f"{what}, ours"] = token(kid=kid)
        start = unsigned(kid=kid, alg="HS256")
        for secret in (b"", b"secret"):
            mac = base64url(hmac.new(secret, start.encode(), hashlib.sha256).digest())
            found[f"{what}, HMAC of {secret!r}"] = f"{start}.{mac}"
    return found


def brought_keys(address: str) -> Tokens:
    """Return tokens with a stranger's key, embedded or behind an address (RFC 8725 §3.10)."""
    key = strangers_key()
    public = dict(key.as_dict(private=False))
    der = base64.b64encode(key.as_der(private=False)).decode()
    ways: dict[str, dict[str, object]] = {
        "jwk": {"jwk": public},
        "jku": {"jku": f"{address}jwks.json"},
        "jku with our name": {"jku": address.replace("://", "://authsite@")},
        "x5u": {"x5u": f"{address}key.pem"},
        "x5c": {"x5c": [der]},
        "x5t": {"x5t": "AAAA", "x5t#S256": "AAAA"},
        "iss": {"iss": address},
        "all": {"jwk": public, "jku": address, "x5u": address, "x5c": [der]},
    }
    kids = {"our kid": keyring.signing_key("ES256").kid, "its kid": key.thumbprint(), "no kid": None}
    return {
        f"{way}, {whose}": signed(good_header() | members | {"kid": kid}, claims(), key=key)
        for way, members in ways.items()
        for whose, kid in kids.items()
    }


def other_types() -> Tokens:
    """Return tokens of another kind, signed by the same key (RFC 8725 §3.11)."""
    types: tuple[object, ...] = (
        *(
            "JWT",
            "jwt",
            "changes+jwt",
            "logout+jwt",
            "dpop+jwt",
            "rt+jwt",
            "secevent+jwt",
            "at+jwt ",
            "at-jwt",
        ),
        *(
            "application/jwt",
            "application/at+jwt; v=1",
            "at+jwt\x00",
            "",
            None,
            1,
            True,
            ["at+jwt"],
            {"a": 1},
        ),
    )
    return {f"typ {typ!r}": token(typ=typ) for typ in types}


#: All but the one that needs an address.
ATTACKS: dict[str, Callable[[], Tokens]] = {
    each.__name__: each
    for each in (
        without_signature,
        confused_keys,
        injected_kids,
        other_types,
    )
}
