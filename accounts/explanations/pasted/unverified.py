"""Reading a JWT without trusting it: to say what kind of thing it claims to be, and for nothing else."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

#: Longer parts are not decoded.
_MAX_PART: Final = 16_384
#: What a stranger wrote is shown up to this length.
_SHOWN: Final = 120
#: The members of a header that tell people something (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7519 §5.3).
_HEADER_MEMBERS = ("typ", "cty", "alg", "enc", "zip", "kid", "iss", "aud")


def unverified_members(part: str) -> Mapping[str, object]:
    """Return the members of one part of a token; none where it is no JSON object."""
    if len(part) > _MAX_PART:
        return {}
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        value = json.loads(decoded.decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def shown_header(unverified: Mapping[str, object]) -> dict[str, object]:
    """Return what of a header is shown to people: known members, cut to a length that does no harm."""
    return {name: short_text(unverified[name]) for name in _HEADER_MEMBERS if name in unverified}


def short_text(unverified: object) -> str:
    """Return a stranger's value as a text of bounded length; what is no text or number is left out.

    What does not show itself, such as marks that turn the direction of a text, is made to.
    """
    text = str(unverified) if isinstance(unverified, str | int) else "…"
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:_SHOWN])
    return shown if len(text) <= _SHOWN else f"{shown}…"
