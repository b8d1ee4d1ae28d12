"""What a token says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.audiences.claim_sources import ClaimInput, LoginContext
from accounts.audiences.contracts import ClaimContract, ContractRow
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.keys.algorithms import SigningAlgorithm
from accounts.models.subject_facts import DepartmentFacts, SubjectFacts
from accounts.tokens.claims import compute_claims
from accounts.tokens.issuing import claims_to_issue, issue_access_token
from accounts.tokens.verification import verify_access_token
from tests.accounts.journeys import NOW, OWN_AUDIENCE

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

CONTEXT = LoginContext(client_id="movil", ip="192.0.2.7", auth_time=NOW, auth_methods=("pwd",))
ADA = SubjectFacts(
    sub=uuid4(),
    email="ada@example.org",
    name="Ada",
    locale="es",
    tenant=None,
    department=DepartmentFacts(code="finanzas", label="Finanzas", path=("direccion", "finanzas")),
    roles=("admin", "editor"),
    special_permissions=True,
    ui_preferences={"theme": "dark"},
)
ROWS = (
    ("user_roles", "roles", True),
    ("custom_data.departamento", "department_code", True),
    ("custom_data.permisos_especiales", "special_permissions", True),
    ("tenant_id", "tenant_id", False),
)


def contract_of(*rows: tuple[str, str, bool], max_token_bytes: int = 8192) -> ClaimContract:
    return ClaimContract(
        audience=OWN_AUDIENCE,
        version=1,
        access_lifetime=timedelta(hours=8),
        max_token_bytes=max_token_bytes,
        signing_algorithm=SigningAlgorithm.ES256,
        rows=tuple(
            ContractRow(path=path, source=CLAIM_SOURCES[name], required=must) for path, name, must in rows
        ),
    )


def input_of(subject: SubjectFacts) -> ClaimInput:
    return ClaimInput(subject=subject, audience=OWN_AUDIENCE, context=CONTEXT)


def test_the_users_example_is_said_to_the_letter() -> None:
    assert compute_claims(input_of(ADA), contract_of(*ROWS)) == {
        "user_roles": ["admin", "editor"],
        "custom_data": {"departamento": "finanzas", "permisos_especiales": True},
    }


def test_a_person_of_a_tenant_also_carries_its_code() -> None:
    claims = compute_claims(input_of(replace(ADA, tenant="empresa_123")), contract_of(*ROWS))

    assert claims["tenant_id"] == "empresa_123"


def test_a_required_claim_without_a_value_is_null_and_an_optional_one_is_left_out() -> None:
    nobody = replace(ADA, department=None)
    required = contract_of(("department", "department_code", True))
    optional = contract_of(("department", "department_code", False))

    assert compute_claims(input_of(nobody), required) == {"department": None}
    assert compute_claims(input_of(nobody), optional) == {}


def test_an_optional_claim_whose_value_is_empty_or_false_is_said() -> None:
    nobody = replace(ADA, roles=(), special_permissions=False, ui_preferences={})
    rows = contract_of(
        ("a.r", "roles", False), ("a.s", "special_permissions", False), ("p", "ui_preferences", False)
    )

    assert compute_claims(input_of(nobody), rows) == {"a": {"r": [], "s": False}, "p": {}}


def test_claims_that_share_a_parent_stand_beside_each_other() -> None:
    rows = contract_of(("a.b.c", "locale", True), ("a.d", "email", True), ("a.b.e", "name", True))

    assert compute_claims(input_of(ADA), rows) == {
        "a": {"b": {"c": "es", "e": "Ada"}, "d": "ada@example.org"}
    }


@pytest.mark.django_db
def test_computing_claims_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    everything = contract_of(*((name, name, True) for name in CLAIM_SOURCES))

    with django_assert_num_queries(0):
        assert set(compute_claims(input_of(ADA), everything)) == set(CLAIM_SOURCES)


codes = st.from_regex(r"\A[a-z0-9][a-z0-9_.-]{0,62}\Z")
subjects = st.builds(
    SubjectFacts,
    sub=st.uuids(),
    email=st.emails(),
    name=st.text(max_size=150, alphabet=st.characters(codec="utf-8")),
    locale=st.sampled_from(["es", "en"]),
    tenant=st.none() | codes,
    department=st.none()
    | st.builds(DepartmentFacts, code=codes, label=st.text(max_size=40), path=st.tuples(codes, codes)),
    roles=st.lists(codes, max_size=12, unique=True).map(tuple),
    special_permissions=st.booleans(),
    ui_preferences=st.dictionaries(
        st.text(max_size=8), st.text(max_size=8) | st.integers() | st.none(), max_size=3
    ),
)


@given(
    subject=subjects, epoch=st.integers(0, 2**63 - 1), chosen=st.sets(st.sampled_from(sorted(CLAIM_SOURCES)))
)
def test_claims_are_the_same_each_time_and_change_nothing_they_were_given(
    subject: SubjectFacts, epoch: int, chosen: set[str]
) -> None:
    contract = contract_of(*((f"c.{name}", name, False) for name in sorted(chosen)))
    before = repr(subject)

    first = claims_to_issue(subject=subject, contract=contract, context=CONTEXT, epoch=epoch)

    assert first == claims_to_issue(subject=subject, contract=contract, context=CONTEXT, epoch=epoch)
    assert repr(subject) == before


@pytest.mark.django_db
def test_preview_and_token_never_differ() -> None:
    @given(subject=subjects, epoch=st.integers(0, 2**63 - 1))
    def preview_is_the_token(subject: SubjectFacts, epoch: int) -> None:
        contract = contract_of(*ROWS, ("department", "department", True), ("prefs", "ui_preferences", True))
        preview = claims_to_issue(subject=subject, contract=contract, context=CONTEXT, epoch=epoch)
        issued = issue_access_token(
            subject=subject, contract=contract, context=CONTEXT, sid=uuid4(), epoch=epoch, now=NOW
        )
        said = verify_access_token(issued.token, now=NOW, may_be_outdated=True).claims
        for name in ("jti", "iat", "exp", "sid"):
            del said[name]
        assert said == preview

    preview_is_the_token()
