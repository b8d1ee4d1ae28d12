"""The published form of a claim contract: a JSON Schema (2020-12) of what tokens for one audience hold."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts import conf
from accounts.audiences.claim_paths import segments
from accounts.audiences.claim_sources import ClaimSource, JSONType
from accounts.audiences.contracts import ClaimContract, ContractRow

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Where the schema of an audience is published (design.md §7).
PUBLISHED_AT = "/.well-known/claims/{audience}.json"

#: What each JSON type of a source is in JSON Schema.
_TYPES: dict[JSONType, Schema] = {
    JSONType.STRING: {"type": "string"},
    JSONType.INTEGER: {"type": "integer"},
    JSONType.BOOLEAN: {"type": "boolean"},
    JSONType.ARRAY_OF_STRINGS: {"type": "array", "items": {"type": "string"}},
    JSONType.OBJECT: {"type": "object"},
}
_UUID: Schema = {"type": "string", "format": "uuid"}
_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
#: What every token says beside its contract; ``iss`` and ``aud`` are the same for all of an audience.
_ALWAYS: dict[str, tuple[Schema, Promise]] = {
    "iss": ({"type": "string"}, _("The authsite that issued the token (RFC 7519 §4.1.1).")),
    "sub": (_UUID, _("The person, by an id that never changes (RFC 7519 §4.1.2).")),
    "aud": ({"type": "string"}, _("The audience that the token is for (RFC 7519 §4.1.3).")),
    "client_id": (_TEXT, _("The app that logged in (RFC 9068 §2.2).")),
    "exp": (_NUMBER, _("When the token expires, in seconds since 1970 (RFC 7519 §4.1.4).")),
    "iat": (_NUMBER, _("When the token was issued, in seconds since 1970 (RFC 7519 §4.1.6).")),
    "jti": (_TEXT, _("The id of this one token (RFC 7519 §4.1.7).")),
    "sid": (_UUID, _("The session: one login on one device.")),
    "epoch": (_NUMBER, _("The position of the change log, read before the claims were computed.")),
}

_Located = Sequence[tuple[tuple[str, ...], ContractRow]]


def claims_schema(contract: ClaimContract) -> Schema:
    """Return the JSON Schema that the claims of each token for this audience are valid against.

    Whatever the contract does not promise it refuses. Descriptions are in the language in force; names and
    titles are the same in all of them, since programs are generated from them.
    """
    audience = contract.audience
    said = _now_("What access tokens for “%(audience)s” hold, by version %(version)d of its claim contract.")
    return {
        "$schema": DIALECT,
        "$id": conf.issuer() + PUBLISHED_AT.format(audience=audience),
        "title": f"Claims of {audience}",
        "description": said % {"audience": audience, "version": contract.version},
        "x-contract-version": contract.version,
        **claims_object(audience, contract.rows),
    }


def claims_object(audience: str, rows: Sequence[ContractRow]) -> Schema:
    """Return the schema of all that a token says, by ``rows`` that may not be a contract yet."""
    properties, required = _members([(segments(row.path), row) for row in rows])
    return _closed(_always(audience) | properties, [*_ALWAYS, *required])


def _always(audience: str) -> dict[str, Schema]:
    same = {"iss": conf.issuer(), "aud": audience}
    return {
        name: schema | {"description": str(said)} | ({"const": same[name]} if name in same else {})
        for name, (schema, said) in _ALWAYS.items()
    }


def _closed(properties: dict[str, Schema], required: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _members(located: _Located) -> tuple[dict[str, Schema], list[str]]:
    """Return what stands at one level, and which of it is always there: whatever holds a required claim."""
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for name in dict.fromkeys(names[0] for names, _row in located):
        inside = [(names[1:], row) for names, row in located if names[0] == name]
        properties[name] = _place(inside)
        if any(row.required for _names, row in inside):
            required.append(name)
    return properties, required


def _place(inside: _Located) -> Schema:
    """Return the schema of a claim, or of the object that holds claims."""
    names, row = inside[0]
    return _closed(*_members(inside)) if names else _claim(row)


def _claim(row: ContractRow) -> Schema:
    """Return the schema of one claim: an optional one is left out where it would be null."""
    source = row.source
    schema = _value(source)
    if row.required and source.may_be_null:
        schema |= {"type": [schema["type"], "null"]}
    about = {"title": source.name, "description": str(source.description)}
    return about | {"x-sensitivity": str(source.sensitivity)} | schema


def _value(source: ClaimSource) -> Schema:
    if source.members is None:
        return dict(_TYPES[source.json_type])
    return _closed({name: _TYPES[inner] for name, inner in source.members.items()}, list(source.members))
