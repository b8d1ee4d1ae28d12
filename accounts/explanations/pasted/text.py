"""Finding the token in what somebody pasted: with ``Bearer``, quotes, line breaks or JSON around it."""

import json
import re
from typing import Final

#: Longer texts hold no token of ours with something around it; they are not looked through.
MAX_PASTED: Final = 65_536

#: What answers of logins and refreshes call their tokens; the first that is there counts.
_NAMES = ("token", "access_token", "access", "refresh_token", "refresh", "device_token", "id_token")

_DOTS_OF_A_JWT = 2

# Time linear in the text: nothing is given back that was once taken (``*+``), or a run of characters has one
# beginning only.
_BARE = re.compile(
    r"""["'`]*+(?:authorization["'`]*+[:=])?+["'`]*+(?:bearer)?+["'`<(\[]*+"""
    r"""(?P<token>[\w-]++(?:\.[\w-]*+){1,4})["'`>)\],;]*+""",
    re.ASCII | re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?<![\w.-])(?:eyJ[\w-]*(?:\.[\w-]*){2,4}|[0-9]{1,6}\.[0-9a-f]{32}(?:\.[0-9]{1,18})?\.[\w-]{43}(?![\w-]))",
    re.ASCII,
)
#: How mails mark the lines that they quote.
_QUOTED_LINES = re.compile(r"^[>|][> |]*", re.MULTILINE)
#: Characters without width, which word processors and chats put into long words.
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def find_token(pasted: str) -> str | None:
    """Return what looks like a token in a text of at most ``MAX_PASTED`` characters, or none."""
    text = _QUOTED_LINES.sub("", _out_of_json(pasted).translate(_INVISIBLE))
    alone = _BARE.fullmatch("".join(text.split()))
    if alone is not None:
        return _without_full_stop(alone["token"])
    within = _WITHIN.search(text)
    return None if within is None else _without_full_stop(within[0])


def _without_full_stop(token: str) -> str:
    """Leave out the dot of a sentence that ends with a token; only an unsigned JWT ends with one itself."""
    return token[:-1] if token.endswith(".") and token.count(".") != _DOTS_OF_A_JWT else token


def _out_of_json(pasted: str) -> str:
    if pasted.lstrip()[:1] not in {"{", "[", '"'}:
        return pasted
    try:
        said = json.loads(pasted, strict=False)
    except (ValueError, RecursionError):
        return pasted
    return _token_in(said) or pasted


def _token_in(said: object) -> str | None:
    """Return the first member that a token is called by, at any depth; or the text itself."""
    pending = [said]
    while pending:
        match pending.pop():
            case str() as text if text is said:
                return text
            case dict() as members:
                named = (members[name] for name in _NAMES if isinstance(members.get(name), str))
                if (found := next(named, None)) is not None:
                    return str(found)
                pending += members.values()
            case list() as values:
                pending += reversed(values)
            case _:
                continue
    return None
