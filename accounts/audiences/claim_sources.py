"""The claim sources: typed, pure code that computes one value from subject, audience and context."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
                return isinstance(value, str)
            case JSONType.INTEGER:
                return isinstance(value, int) and not isinstance(value, bool)
            case JSONType.BOOLEAN:
                return isinstance(value, bool)
            case JSONType.ARRAY_OF_STRINGS:
                return isinstance(value, list) and all(isinstance(item, str) for item in value)
            case JSONType.OBJECT:
                return isinstance(value, dict) and _is_json(value)


def _is_json(value: object) -> bool:
    """Tell whether JSON says ``value`` as it is: no date, no NaN, no key that is not a string."""
    match value:
        case dict():
            return all(isinstance(name, str) and _is_json(inner) for name, inner in value.items())
        case list():
            return all(_is_json(inner) for inner in value)
        case float():
            return math.isfinite(value)
        case _:
            return value is None or isinstance(value, str | int)


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

    ``compute`` answers ``None`` where the subject has no such value.
    """

    name: str
    json_type: JSONType
    sensitivity: Sensitivity
    description: str | Promise
    compute: Callable[[ClaimInput], JSONValue]
    reads_department_path: bool = False

    def value(self, claim_input: ClaimInput) -> JSONValue:
        """Return the checked value.

        :raise ClaimSourceError: the code raised, or its value has another type
        """
        try:
            value = self.compute(claim_input)
        except Exception as error:
            raise ClaimSourceError(source=self.name, reason=type(error).__name__) from error
        if value is not None and not self.json_type.accepts(value):
            raise ClaimSourceError(
                source=self.name, reason=f"returned {type(value).__name__}, not {self.json_type}"
            )
        return value


def _department(claim_input: ClaimInput) -> JSONValue:
    department = claim_input.subject.department
    if department is None:
        return None
    return {"code": department.code, "label": department.label, "path": list(department.path)}


def _department_code(claim_input: ClaimInput) -> JSONValue:
    department = claim_input.subject.department
    return department.code if department else None


_BUILT_IN = (
    ClaimSource(
        name="roles",
        json_type=JSONType.ARRAY_OF_STRINGS,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The codes of the person's roles, in order (RFC 9068 §2.2.3.1)."),
        compute=lambda given: list(given.subject.roles),
    ),
    ClaimSource(
        name="department_code",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The code of the person's department."),
        compute=_department_code,
    ),
    ClaimSource(
        name="department",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's department: code, label, and the codes from the root of the tree."),
        compute=_department,
        reads_department_path=True,
    ),
    ClaimSource(
        name="special_permissions",
        json_type=JSONType.BOOLEAN,
        sensitivity=Sensitivity.PUBLIC,
        description=_("Whether the person has special permissions."),
        compute=lambda given: given.subject.special_permissions,
    ),
    ClaimSource(
        name="tenant_id",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The code of the person's tenant."),
        compute=lambda given: given.subject.tenant,
    ),
    ClaimSource(
        name="ui_preferences",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's preferences for user interfaces."),
        compute=lambda given: given.subject.ui_preferences,  # type: ignore[arg-type,return-value] # JSON by its field
    ),
    ClaimSource(
        name="locale",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's language (OpenID Connect Core §5.1)."),
        compute=lambda given: given.subject.locale,
    ),
    ClaimSource(
        name="email",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The person's e-mail address."),
        compute=lambda given: given.subject.email,
    ),
    ClaimSource(
        name="name",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The person's name."),
        compute=lambda given: given.subject.name,
    ),
    ClaimSource(
        name="login_ip",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The network address of the login."),
        compute=lambda given: given.context.ip,
    ),
    ClaimSource(
        name="auth_time",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.PUBLIC,
        description=_("When the person last proved who they are, in seconds since 1970 (RFC 9068 §2.2.1)."),
        compute=lambda given: int(given.context.auth_time.timestamp()),
    ),
    ClaimSource(
        name="amr",
        json_type=JSONType.ARRAY_OF_STRINGS,
        sensitivity=Sensitivity.PUBLIC,
        description=_("How the person proved who they are (RFC 8176)."),
        compute=lambda given: list(given.context.auth_methods),
    ),
)

#: Every source by its name.
CLAIM_SOURCES: dict[str, ClaimSource] = {source.name: source for source in _BUILT_IN}
