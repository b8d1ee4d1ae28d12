"""The claim sources: typed, pure code that computes one value from subject, audience and context."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

from accounts.audiences.errors import ClaimSourceError
from accounts.models.subject_facts import SubjectFacts

JSONValue = None | bool | int | str | list["JSONValue"] | dict[str, "JSONValue"]


class JSONType(StrEnum):
    """The JSON types that a source may produce (JSON Schema's words)."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ARRAY_OF_STRINGS = "array of strings"
    OBJECT = "object"

    def accepts(self, value: object) -> bool:
        """Tell whether ``value`` is of this type; ``True`` is no integer."""
        match self:
            case JSONType.STRING:
                return isinstance(value, str) and _is_text(value)
            case JSONType.INTEGER:
                return isinstance(value, int) and not isinstance(value, bool) and _is_number(value)
            case JSONType.BOOLEAN:
                return isinstance(value, bool)
            case JSONType.ARRAY_OF_STRINGS:
                return isinstance(value, list) and all(map(JSONType.STRING.accepts, value))
            case JSONType.OBJECT:
                return isinstance(value, dict) and _is_json(value)


#: Objects and lists within each other; far below what Python's own JSON goes down.
MAX_DEPTH = 32
#: Of a number: some 4,200 digits, a few less than Python writes.
_MAX_BITS = 14_000


def _is_json(value: object, depth: int = 0) -> bool:
    """Tell whether JSON says ``value`` as it is: no date, no NaN, no key that is not a string."""
    match value:
        case dict():
            names = all(isinstance(name, str) and _is_text(name) for name in value)
            return names and depth < MAX_DEPTH and all(_is_json(inner, depth + 1) for inner in value.values())
        case list():
            return depth < MAX_DEPTH and all(_is_json(inner, depth + 1) for inner in value)
        case float():
            return math.isfinite(value)
        case str():
            return _is_text(value)
        case int():
            return _is_number(value)
        case _:
            return value is None


def _is_text(value: str) -> bool:
    """Tell whether UTF-8 says ``value``: half of a surrogate pair is no character (RFC 7493 §2.1)."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _is_number(value: int) -> bool:
    """Tell whether Python writes ``value`` at all."""
    return value.bit_length() <= _MAX_BITS


class Sensitivity(StrEnum):
    """Who may read a value (design.md §4)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginContext:
    """What only the login knows; kept on the session row, so that a refresh can still say it."""

    client_id: str
    ip: str | None
    auth_time: datetime
    auth_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInput:
    """All that a source may look at."""

    subject: SubjectFacts
    audience: str
    context: LoginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSource:
    """One value that contracts may choose, and who may read it.

    ``compute`` is pure: it looks at its argument alone. It answers ``None`` where the subject has no such
    value, if ``may_be_null``. ``members`` are those of an object, each always there and never null; an
    object without them may hold anything. ``registered_as`` are names of the IANA JWT registry whose
    meaning the value has: under another registered name it is refused.
    """

    name: str
    json_type: JSONType
    sensitivity: Sensitivity
    description: str | Promise
    compute: Callable[[ClaimInput], JSONValue]
    may_be_null: bool = True
    members: Mapping[str, JSONType] | None = None
    registered_as: tuple[str, ...] = ()
    reads_department_path: bool = False

    def value(self, claim_input: ClaimInput) -> JSONValue:
        """Return the checked value.

        :raise ClaimSourceError: the code raised, or its value has another type
        """
        try:
            value = self.compute(claim_input)
        except Exception as error:
            raise ClaimSourceError(source=self.name, reason=type(error).__name__) from error
        if not self._accepts(value):
            returned = f"returned {type(value).__name__}, not {self.json_type}"
            raise ClaimSourceError(source=self.name, reason=f"{returned}{self._details()}")
        return value

    def _accepts(self, value: object) -> bool:
        if value is None:
            return self.may_be_null
        if not self.json_type.accepts(value):
            return False
        if self.members is None:
            return True
        assert isinstance(value, dict)  # noqa: S101 - only an object has members
        return value.keys() == self.members.keys() and all(
            json_type.accepts(value[name]) for name, json_type in self.members.items()
        )

    def _details(self) -> str:
        if self.members is None:
            return ""
        return " of " + ", ".join(f"{name}: {json_type}" for name, json_type in self.members.items())
