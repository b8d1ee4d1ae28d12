"""The schema of a contract: what it says of each kind of claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from jsonschema import Draft202012Validator

from accounts import conf
from accounts.audiences.claim_paths import RESERVED
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.tokens import verification
from accounts.tokens.claims_schema import claims_schema
from tests.accounts.journeys import OWN_AUDIENCE
from tests.accounts.tokens.test_claims import ROWS, contract_of

if TYPE_CHECKING:
    from accounts.audiences.claim_sources import ClaimSource

ALWAYS = ["iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch"]


def at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of the claim at ``path``."""
    for name in path.split("."):
        schema = schema["properties"][name]
    return schema


def test_the_users_contract_is_published_to_the_letter() -> None:
    schema = claims_schema(contract_of(*ROWS))

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{conf.issuer()}/.well-known/claims/{OWN_AUDIENCE}.json"
    assert schema["required"] == [*ALWAYS, "user_roles", "custom_data"]
    assert list(schema["properties"]) == [*ALWAYS, "user_roles", "custom_data", "tenant_id"]
    assert at(schema, "custom_data")["required"] == ["departamento", "permisos_especiales"]
    assert at(schema, "custom_data.departamento")["type"] == ["string", "null"]
    assert at(schema, "custom_data.permisos_especiales")["type"] == "boolean"
    assert at(schema, "tenant_id")["type"] == "string"


def test_every_object_of_known_members_is_closed() -> None:
    schema = claims_schema(contract_of(*ROWS, ("department", "department", True)))

    for place in (schema, at(schema, "custom_data"), at(schema, "department")):
        assert place["additionalProperties"] is False


def test_a_contract_without_rows_promises_what_every_token_says() -> None:
    schema = claims_schema(contract_of())

    assert list(schema["properties"]) == schema["required"] == ALWAYS


def test_what_is_always_said_is_what_verification_asks_for_and_what_is_reserved() -> None:
    properties = claims_schema(contract_of())["properties"]

    strings = [name for name, claim in properties.items() if claim["type"] == "string"]
    assert strings == [name for name in ALWAYS if name in verification._STRING_CLAIMS]  # noqa: SLF001 - its very list
    assert set(properties) == {*verification._STRING_CLAIMS, *verification._INTEGER_CLAIMS}  # noqa: SLF001 - as above
    assert set(properties) <= RESERVED


@pytest.mark.parametrize(
    ("rows", "is_required"),
    [
        ([("a.b.c", "locale", True)], True),
        ([("a.b.c", "locale", False)], False),
        ([("a.b.c", "locale", False), ("a.d", "email", True)], True),
    ],
)
def test_a_parent_is_there_whenever_something_in_it_is(
    rows: list[tuple[str, str, bool]], *, is_required: bool
) -> None:
    schema = claims_schema(contract_of(*rows))

    assert ("a" in schema["required"]) is is_required
    assert ("b" in at(schema, "a")["required"]) is rows[0][2]


NULLS = [
    ("department_code", True, ["string", "null"]),
    ("department_code", False, "string"),
    ("department", True, ["object", "null"]),
    ("department", False, "object"),
    ("email", True, "string"),
    ("roles", True, "array"),
]


@pytest.mark.parametrize(("source", "required", "expected"), NULLS)
def test_null_is_said_by_required_claims_alone_whose_source_may_lack_a_value(
    source: str, *, required: bool, expected: object
) -> None:
    assert at(claims_schema(contract_of(("x", source, required))), "x")["type"] == expected


def test_an_object_shows_the_members_that_its_source_declares() -> None:
    schema = claims_schema(contract_of(("d", "department", True), ("p", "ui_preferences", True)))

    assert at(schema, "d")["required"] == ["code", "label", "path"]
    assert at(schema, "d.path") == {"type": "array", "items": {"type": "string"}}
    assert "properties" not in at(schema, "p")
    assert "additionalProperties" not in at(schema, "p")


@pytest.mark.parametrize("source", CLAIM_SOURCES.values(), ids=CLAIM_SOURCES)
def test_a_claim_says_its_source_with_description_and_sensitivity(source: ClaimSource) -> None:
    with translation.override("es"):
        claim = at(claims_schema(contract_of(("x.y", source.name, False))), "x.y")
        assert claim["description"] == str(source.description)
    assert (claim["title"], claim["x-sensitivity"]) == (source.name, source.sensitivity)


def test_it_is_a_valid_schema_whatever_the_contract_has() -> None:
    schema = claims_schema(contract_of(*((f"a.{name}", name, True) for name in CLAIM_SOURCES)))

    Draft202012Validator.check_schema(schema)


def test_it_is_new_each_time() -> None:
    claims_schema(contract_of(*ROWS))["properties"]["sub"].clear()

    assert at(claims_schema(contract_of(*ROWS)), "sub")["format"] == "uuid"
