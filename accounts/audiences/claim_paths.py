"""Where in a token a claim stands: dotted paths such as ``custom_data.departamento``."""

import re
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
# A JavaScript client that merges claims into an object would otherwise rewrite every object it has.
_POISONOUS = frozenset({"constructor", "prototype"})


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
    for name in names:
        if not _SEGMENT.match(name) or name in _POISONOUS:
            raise ValidationError(
                _("Write names of letters, digits and “_” that begin with a letter, joined by dots."),
                code="path_malformed",
            )
    if names[0] in RESERVED:
        raise ValidationError(
            _("“%(name)s” is reserved for authsite itself; choose another name."),
            code="path_reserved",
            params={"name": names[0]},
        )


def validate_no_collisions(paths: Iterable[str]) -> None:
    """Accept paths of which none is another, or stands inside another.

    :raise ValidationError: naming the two paths
    """
    ordered = sorted(segments(path) for path in paths)
    for first, second in pairwise(ordered):
        if second[: len(first)] == first:
            raise ValidationError(
                _("“%(second)s” collides with “%(first)s”: a claim can stand in one place only."),
                code="path_collision",
                params={"first": ".".join(first), "second": ".".join(second)},
            )
