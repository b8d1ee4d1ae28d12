"""Where in a token a claim stands: dotted paths such as ``custom_data.departamento``."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 128
MAX_SEGMENTS = 4

#: Claims that authsite itself says, or that other parties give a meaning to (design.md §4).
RESERVED = frozenset(
    {"iss", "sub", "aud", "client_id", "exp", "iat", "nbf", "jti", "sid", "epoch", "cnf", "act"}
)

_NAME = "[A-Za-z][A-Za-z0-9_]{0,62}"
#: The form of a path, for descriptions: what is reserved it does not say.
PATH_PATTERN = rf"^{_NAME}(\.{_NAME}){{0,{MAX_SEGMENTS - 1}}}$"

_SEGMENT = re.compile(rf"\A{_NAME}\Z")
#: What every JavaScript object has already: a client that merges claims into one would rewrite all objects,
#: or find a function where a claim is absent.
INHERITED = frozenset(
    {
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "prototype",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)


def segments(path: str) -> tuple[str, ...]:
    """Return the names along ``path``, from the top of the claims."""
    return tuple(path.split("."))


def validate_claim_path(path: str) -> None:
    """Accept ``name`` or ``name.name…`` that may stand in a contract.

    :raise ValidationError: with a sentence that says what to do
    """
    names = segments(path)
    if len(path) > MAX_LENGTH or len(names) > MAX_SEGMENTS:
        raise ValidationError(
            _("Write at most %(names)d names and %(length)d characters."),
            code="path_too_long",
            params={"names": MAX_SEGMENTS, "length": MAX_LENGTH},
        )
    _validate_ascii(path)
    for name in names:
        _validate_name(name)
    if names[0].lower() in RESERVED:
        raise ValidationError(
            _("“%(name)s” is reserved for authsite itself, in any capitals; choose another name."),
            code="path_reserved",
            params={"name": names[0]},
        )


def validate_no_collisions(paths: Iterable[str]) -> None:
    """Accept paths of which none is another, or stands inside another, whatever their capitals.

    Parsers that ignore capitals would let one of two claims shadow the other.

    :raise ValidationError: naming the two paths
    """
    ordered = sorted((segments(path) for path in paths), key=_without_capitals)
    for first, second in pairwise(ordered):
        _validate_beside(first, second)


def _validate_ascii(path: str) -> None:
    for position, character in enumerate(path, start=1):
        if not character.isascii():
            raise ValidationError(
                _(
                    "Character %(position)d is %(character)s. Write only the letters a to z and A to Z,"
                    " digits, “_” and dots: what looks like one of them may be another."
                ),
                code="path_not_ascii",
                params={"position": position, "character": _named(character)},
            )


def _named(character: str) -> str:
    shown = f"{character} " if character.isprintable() else ""
    name = unicodedata.name(character, "")
    return f"{shown}(U+{ord(character):04X}{' ' if name else ''}{name})"


def _validate_name(name: str) -> None:
    if name in INHERITED:
        raise ValidationError(
            _("“%(name)s” is something that every JavaScript object has already; choose another name."),
            code="path_inherited",
            params={"name": name},
        )
    if not _SEGMENT.match(name):
        raise ValidationError(
            _("Write names of letters, digits and “_” that begin with a letter, joined by dots."),
            code="path_malformed",
        )


def _without_capitals(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _validate_beside(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    """Compare neighbours: what stands inside a path, or is spelt alike, comes right after it."""
    params = {"first": ".".join(first), "second": ".".join(second)}
    if second[: len(first)] == first:
        raise ValidationError(
            _("“%(second)s” collides with “%(first)s”: a claim can stand in one place only."),
            code="path_collision",
            params=params,
        )
    for one, other in zip(first, second, strict=False):
        if one != other and one.lower() == other.lower():
            raise ValidationError(
                _(
                    "In “%(first)s” and “%(second)s”, “%(one)s” and “%(other)s” differ in capitals alone:"
                    " a program that ignores them would take one for the other. Write both alike, or rename"
                    " one."
                ),
                code="path_collision",
                params=params | {"one": one, "other": other},
            )
        if one != other:
            return
