"""Signed by our own key, and wrong in shape: serialisations, names said twice, times, lengths, spellings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from accounts.tokens.compact import MAX_BYTES
from tests.accounts.tokens.forging import base64url, good_header, part_of, signed
from tests.api.forged_signed import Tokens, claims, token

if TYPE_CHECKING:
    from collections.abc import Callable

#: Times as other JSON than a whole number of seconds that can be.
_ODD_NUMBERS = {
    "fraction": "4102444800.5",
    "exponent": "4.1e9",
    "beyond floats": "1e400",
    "NaN": "NaN",
    "infinity": "Infinity",
    "digits": '"4102444800"',
    "huge": "9" * 400,
    "beyond Python's digits": "9" * 5000,
    "true": "true",
    "null": "null",
    "list": "[4102444800]",
    "leading zero": "04102444800",
    "hexadecimal": "0xF4865700",
}


def other_serialisations() -> Tokens:
    """Return the JSON serialisations of RFC 7515 §7.2, unencoded payloads (RFC 7797), detached content."""
    protected, payload, signature = token().split(".")
    parts = {"protected": protected, "signature": signature}
    flattened, general = {"payload": payload} | parts, {"payload": payload, "signatures": [parts]}
    unencoded = part_of(good_header() | {"b64": False, "crit": ["b64"]})
    bare = json.dumps(claims(), separators=(",", ":"))
    return {
        "flattened": json.dumps(flattened, separators=(",", ":")),
        "general": json.dumps(general, separators=(",", ":")),
        "general with spaces": json.dumps(general),
        "unprotected": json.dumps(flattened | {"header": {"alg": "none"}}, separators=(",", ":")),
        "in base64url": base64url(json.dumps(flattened).encode()),
        "b64 false, critical": token(b64=False, crit=["b64"]),
        "b64 false, as it is": f"{unencoded}.{bare}.{signature}",
        "b64 true, critical": token(b64=True, crit=["b64"]),
        "unknown crit": token(crit=["http://example.invalid/x"]),
        "empty crit": token(crit=[]),
        "crit of what is known": token(crit=["alg", "kid"]),
        "detached": f"{protected}..{signature}",
        "signed twice": f"{token()}.{signature}",
        "a JWS within": token(claimed=token().encode(), cty="JWT"),
    }


def duplicate_members() -> Tokens:
    """Return one name twice: whoever looks at the first and whoever looks at the last see two tokens."""
    header, said = json.dumps(good_header()), json.dumps(claims())
    found: Tokens = {
        f"header {name}": signed(f'{header[:-1]}, "{name}": {json.dumps(value)}}}'.encode(), said.encode())
        for name, value in good_header().items()
    }
    for name, value in claims().items():
        twice = f'{{"{name}": "other", {said[1:-1]}, "{name}": {json.dumps(value)}}}'
        found[f"claim {name}"] = token(claimed=twice.encode())
    found["escaped"] = token(claimed=f'{said[:-1]}, "\\u0073ub": "other"}}'.encode())
    found["within"] = token(claimed=f'{said[:-1]}, "a": {{"b": 1, "b": 2}}}}'.encode())
    return found


def odd_times() -> Tokens:
    """Return times that are no whole seconds, or that no token of ours has."""
    found: Tokens = {}
    for name in ("exp", "iat", "nbf", "epoch"):
        for what, written in _ODD_NUMBERS.items():
            if name == "epoch" and what == "huge":
                continue  # a whole number: whether the change log knows it is asked later
            said = json.dumps(claims() | {name: "here"}).replace('"here"', written)
            found[f"{name} {what}"] = token(claimed=said.encode())
    ahead = claims()["exp"]
    wrong = {"exp": (0, -1, ahead + 86_400), "iat": (-1, ahead), "nbf": (ahead,)}
    for name, values in wrong.items():
        found |= {f"{name} {value}": token(claimed=claims() | {name: value}) for value in values}
    return found


def malformed() -> Tokens:
    """Return what is too long, too deep, no UTF-8, or another spelling of the same."""
    good = next(
        each
        for filler in range(40)
        if _has_other_spellings(each := token(claimed=claims() | {"x": "?>" * filler}))
    )
    start, said, end = good.split(".")
    header, body = json.dumps(good_header()).encode(), json.dumps(claims()).encode()
    deep = MAX_BYTES // 2 - 200
    deep_objects = b'{"a":' * (deep // 5)
    found: Tokens = {
        "8193 bytes": _of_length(MAX_BYTES + 1),
        "100 kB": b"A" * 100_000,
        "nothing but dots": "." * 4000,
        "deep header": f"{base64url(b'[' * deep)}.{said}.{end}",
        "deep objects in the header": f"{base64url(deep_objects)}.{said}.{end}",
        "deep claims": token(claimed=b"[" * deep),
        "deep objects as claims": token(claimed=deep_objects),
        "claims in UTF-16": token(claimed=json.dumps(claims()).encode("utf-16")),
        "half a letter in the claims": token(claimed=body[:-1] + b', "a": "\xc3"}'),
        "BOM before the claims": token(claimed=b"\xef\xbb\xbf" + body),
        "BOM before the header": signed(b"\xef\xbb\xbf" + header, body),
        "half a letter in the header": signed(header[:-1] + b', "cty": "\xc3"}', body),
        "header in UTF-16": signed(header.decode().encode("utf-16"), body),
        "comment": token(claimed=b"/**/" + body),
        "something behind": token(claimed=body + b"{}"),
        "padding": f"{start}.{said}{'=' * (-len(said) % 4)}.{end}",
        "padding at the end": f"{good}==",
        "other alphabet": good.replace("-", "+").replace("_", "/"),
        "unused bits": f"{start}.{said[:-1]}{_next(said[-1])}.{end}",
        "unused bits of the signature": f"{good[:-1]}{_next(good[-1])}",
        "space within": f"{start}. {said}.{end}",
        "tab within": f"{start}.\t{said}.{end}",
        "newline within": f"{start}.{said[:20]}\n{said[20:]}.{end}",
        "form feed": f"{good}\x0c",
        "NUL": f"{good}\x00",
        "Latin-1": f"{good}\xe9",
        "quotes": f'"{good}"',
        "two tokens": f"{good},{good}",
    }
    return found


def _of_length(size: int) -> str:
    """Return a token of ``size`` bytes, or of the next size that there is."""
    return next(
        each
        for filler in range(size * 2 // 3, size)
        if len(each := token(claimed=claims() | {"x": "x" * filler})) >= size
    )


def _has_other_spellings(good: str) -> bool:
    return len(good.split(".")[1]) % 4 != 0 and bool({"-", "_"} & set(good))


def _next(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]


ATTACKS: dict[str, Callable[[], Tokens]] = {
    each.__name__: each for each in (other_serialisations, duplicate_members, odd_times, malformed)
}
