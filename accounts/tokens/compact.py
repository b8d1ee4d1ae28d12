"""Compact serialisations (RFC 7515 §3.1, RFC 7516 §3.1), taken apart within bounds and without trust."""

import base64
import binascii
import json
from typing import Final

from accounts.tokens.errors import InvalidTokenError

#: No budget of an audience allows more; longer input is refused before it is decoded.
MAX_BYTES: Final = 8192
SIGNED_PARTS: Final = 3
ENCRYPTED_PARTS: Final = 5

Payload = dict[str, object]


def parts_of(raw: str | bytes) -> list[bytes]:
    """Return the three parts of a signed token, or the five of an encrypted one, still encoded.

    :raise InvalidTokenError: it is too long, or no compact serialisation in canonical base64url
    """
    if len(raw) > MAX_BYTES:
        raise InvalidTokenError(reason="too long")
    try:
        encoded = raw.encode("ascii") if isinstance(raw, str) else bytes(raw)
    except UnicodeEncodeError:
        raise InvalidTokenError(reason="not ASCII") from None
    parts = encoded.split(b".")
    if len(parts) not in {SIGNED_PARTS, ENCRYPTED_PARTS}:
        raise InvalidTokenError(reason="not three or five parts")
    if not all(_is_canonical(part) for part in parts):
        raise InvalidTokenError(reason="not canonical base64url")
    return parts


def _is_canonical(part: bytes) -> bool:
    """Tell whether ``part`` is the only spelling of its bytes: otherwise one token has many spellings."""
    try:
        decoded = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=") == part


def json_object(part: bytes) -> Payload:
    """Return the JSON object that a part encodes; without trust.

    :raise InvalidTokenError: it is none, or a member stands in it twice
    """
    decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    try:
        value = json.loads(
            decoded.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise InvalidTokenError(reason="not JSON") from None
    if not isinstance(value, dict):
        raise InvalidTokenError(reason="not a JSON object")
    return value


def _without_duplicates(pairs: list[tuple[str, object]]) -> Payload:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "duplicate member"
        raise ValueError(msg)
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
