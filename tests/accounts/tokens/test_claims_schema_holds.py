"""Tokens are valid against the schema of their contract, and whatever differs from them is not."""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accounts.audiences.claim_sources import ClaimSource, JSONType, LoginContext, Sensitivity
from accounts.audiences.contracts import ClaimContract, ContractRow
from accounts.audiences.errors import ClaimSourceError
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.tokens.claims_schema import claims_schema
from accounts.tokens.issuing import issue_access_token
from tests.accounts.journeys import NOW
from tests.accounts.tokens.test_claims import ADA, contract_of, input_of, subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models.subject_facts import SubjectFacts

pytestmark = pytest.mark.django_db

#: Values of every JSON type, for claims that should have another.
CANDIDATES: list[Any] = [
    None,
    True,
    7,
    1.5,
    "",
    "a",
    [],
    ["a"],
    [1],
    {},
    {"a": 1},
    {"code": "a", "label": "b", "path": []},
]

texts = st.text(max_size=6, alphabet=st.characters(codec="utf-8"))
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
VALUES: dict[JSONType, st.SearchStrategy[Any]] = {
    JSONType.STRING: texts,
    JSONType.INTEGER: st.integers(),
    JSONType.BOOLEAN: st.booleans(),
    JSONType.ARRAY_OF_STRINGS: st.lists(texts, max_size=3),
    JSONType.OBJECT: st.dictionaries(texts, anything, max_size=3),
}
contexts = st.builds(
    LoginContext,
    client_id=st.from_regex(r"\A[a-z0-9]{1,8}\Z"),
    ip=st.none() | st.ip_addresses().map(str),
    auth_time=st.just(NOW),
    auth_methods=st.lists(st.sampled_from(["pwd", "otp", "mfa"]), max_size=2).map(tuple),
)


@st.composite
def own_sources(draw: st.DrawFn) -> ClaimSource:
    """Return a source of a deployment's own, that says one value to everybody."""
    json_type = draw(st.sampled_from(JSONType))
    members, value = None, draw(VALUES[json_type])
    if json_type is JSONType.OBJECT and draw(st.booleans()):
        members = draw(st.dictionaries(texts, st.sampled_from(JSONType), max_size=3))
        value = {name: draw(VALUES[inner]) for name, inner in members.items()}
    may_be_null = draw(st.booleans())
    if may_be_null and draw(st.booleans()):
        value = None
    return ClaimSource(
        name="own",
        json_type=json_type,
        sensitivity=draw(st.sampled_from(Sensitivity)),
        description=draw(texts),
        compute=lambda _given: value,
        may_be_null=may_be_null,
        members=members,
    )


@st.composite
def contracts(draw: st.DrawFn) -> ClaimContract:
    """Return a contract of up to six claims, none inside another."""
    rows: dict[str, ContractRow] = {}
    for names in draw(st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4), max_size=6)):
        path = ".".join(names)
        if any(f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.") for other in rows):
            continue
        source = draw(st.sampled_from(list(CLAIM_SOURCES.values())) | own_sources())
        rows[path] = ContractRow(path=path, source=source, required=draw(st.booleans()))
    return replace(contract_of(max_token_bytes=10**6), rows=tuple(rows.values()))


@dataclass(frozen=True)
class Case:
    """A token's claims, its contract, and what is valid."""

    claims: dict[str, Any]
    contract: ClaimContract
    validator: Draft202012Validator

    def accepts_without(self, path: str) -> bool:
        """Tell whether the token is valid without a claim."""
        changed = copy.deepcopy(self.claims)
        *parents, name = path.split(".")
        del within(changed, parents)[name]
        return self.validator.is_valid(changed)

    def accepts_with(self, path: str, value: Any) -> bool:
        """Tell whether the token is valid with another value there."""
        changed = copy.deepcopy(self.claims)
        *parents, name = path.split(".")
        within(changed, parents)[name] = value
        return self.validator.is_valid(changed)


def within(claims: dict[str, Any], names: list[str]) -> dict[str, Any]:
    for name in names:
        claims = claims[name]
    return claims


def is_there(claims: dict[str, Any], path: str) -> bool:
    *parents, name = path.split(".")
    for parent in parents:
        claims = claims.get(parent, {})
    return name in claims


def issued(contract: ClaimContract, subject: SubjectFacts, context: LoginContext, epoch: int) -> Case:
    """Return the payload of a token, as anybody reads it."""
    token = issue_access_token(
        subject=subject, contract=contract, context=context, sid=uuid4(), epoch=epoch, now=NOW
    ).token
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    schema = json.loads(json.dumps(claims_schema(contract)))
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Case(claims, contract, Draft202012Validator(schema, format_checker=checker))


cases = st.builds(issued, contracts(), subjects, contexts, st.integers(0, 2**63 - 1))


def objects_of(contract: ClaimContract, claims: dict[str, Any]) -> Iterator[list[str]]:
    """Yield the way to each object that the contract makes, and that is there."""
    parents = {tuple(row.path.split(".")[:-1]) for row in contract.rows if is_there(claims, row.path)}
    yield from (list(way[:depth]) for way in parents | {()} for depth in range(len(way) + 1))


def says(row: ContractRow, value: Any) -> bool:
    """Tell whether issuing could say ``value`` there."""
    if value is None and not row.required:
        return False
    try:
        replace(row.source, compute=lambda _given: value).value(input_of(ADA))
    except ClaimSourceError:
        return False
    return True


def check(case: Case) -> None:
    """Compare the schema with issuing: the token, then everything that differs from it in one place."""
    case.validator.validate(case.claims)
    for way in objects_of(case.contract, case.claims):
        assert not case.accepts_with(".".join([*way, "one_more"]), "x")
    for name in ("iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch"):
        assert not case.accepts_without(name)
        assert not case.accepts_with(name, [])
    for row in case.contract.rows:
        if not is_there(case.claims, row.path):
            continue
        assert case.accepts_without(row.path) is not row.required
        for value in CANDIDATES:
            assert case.accepts_with(row.path, value) is says(row, value), (row.path, value)


def test_tokens_are_valid_and_each_change_of_them_is_judged_as_issuing_does() -> None:
    settings(deadline=None, max_examples=150)(given(case=cases)(check))()


EVERYTHING = [
    *((f"required.{name}", name, True) for name in CLAIM_SOURCES),
    *((f"optional.deep.{name}", name, False) for name in CLAIM_SOURCES),
]


@pytest.mark.parametrize("department", [ADA.department, None])
def test_every_source_in_every_place_is_judged_as_issuing_does(department: Any) -> None:
    context = LoginContext(client_id="movil", ip=None, auth_time=NOW, auth_methods=("pwd",))

    check(issued(contract_of(*EVERYTHING), replace(ADA, department=department), context, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("iss", "https://elsewhere.example"), ("aud", "nominas"), ("sub", "ada"), ("sid", "1"), ("exp", 1.5),
     ("iat", "now"), ("epoch", -1), ("jti", ""), ("client_id", None), ("epoch", True)],
)  # fmt: skip
def test_what_every_token_says_has_one_issuer_one_audience_and_its_types(name: str, value: Any) -> None:
    context = LoginContext(client_id="movil", ip=None, auth_time=NOW, auth_methods=())

    assert not issued(contract_of(), ADA, context, 1).accepts_with(name, value)
