"""An example of what a token holds by rows that somebody is still writing, made from their schema."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from accounts.audiences.claim_sources import JSONValue
from accounts.audiences.contracts import ContractRow
from accounts.tokens.claims import Claims
from accounts.tokens.claims_schema import Schema, claims_object

_ID = str(UUID(int=0))


def example_claims(audience: str, rows: Sequence[ContractRow]) -> Claims:
    """Return claims that have every name and type of ``rows``, none of them left out or null."""
    said = _example(claims_object(audience, rows))
    assert isinstance(said, dict)  # noqa: S101 - the schema of an object
    return said


def _example(schema: Schema) -> JSONValue:
    if "const" in schema:
        return str(schema["const"])
    match _type_of(schema):
        case "string":
            return _ID if schema.get("format") == "uuid" else "text"
        case "integer":
            return 0
        case "boolean":
            return True
        case "array":
            return [_example(schema["items"])]
        case _:
            return {name: _example(inner) for name, inner in schema.get("properties", {}).items()}


def _type_of(schema: Schema) -> Any:
    """Return the type beside which null may stand."""
    return schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
