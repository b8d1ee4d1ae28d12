"""The example of a token is what a token could be."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.tokens.claims_schema import claims_schema
from accounts.tokens.example_claims import example_claims
from tests.accounts.tokens.test_claims import contract_of


def test_it_is_valid_against_the_schema_and_holds_every_claim() -> None:
    names = [*CLAIM_SOURCES]
    rows = [(f"must.be.{name}", name, True) for name in names] + [
        (f"may.{name}", name, False) for name in names
    ]
    contract = contract_of(*rows)

    claims = example_claims(contract.audience, contract.rows)

    Draft202012Validator(
        claims_schema(contract), format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(claims)
    assert claims["may"].keys() == set(names)  # type: ignore[union-attr] # an object
    assert None not in claims["may"].values()  # type: ignore[union-attr] # as above


def test_values_are_those_of_their_types() -> None:
    rows = [(name, name, True) for name in ("department", "special_permissions", "auth_time", "amr", "email")]

    claims = example_claims("api", contract_of(*rows, ("prefs", "ui_preferences", True)).rows)

    assert list(claims.items())[9:] == [
        ("department", {"code": "text", "label": "text", "path": ["text"]}),
        ("special_permissions", True),
        ("auth_time", 0),
        ("amr", ["text"]),
        ("email", "text"),
        ("prefs", {}),
    ]
