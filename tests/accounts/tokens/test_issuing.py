"""Issuing access tokens."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contracts import read_contract
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.models.subject_facts import read_subject_facts
from accounts.refresh_sessions.models import RefreshSession
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.errors import TokenUnissuableError
from accounts.tokens.issuing import IssuedAccessToken, issue_access_token
from tests.accounts.journeys import NOW, OWN_AUDIENCE, claims_of, start_session
from tests.accounts.tokens.test_claims import CONTEXT
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

ALWAYS = {"iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch"}


@pytest.fixture
def alice() -> User:
    return UserFactory.create(
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
        special_permissions=True,
    )


def issue_for(user: User) -> IssuedAccessToken:
    return issue_access_token(
        subject=read_subject_facts(user),
        contract=read_contract(OWN_AUDIENCE),
        context=CONTEXT,
        sid=uuid4(),
        epoch=0,
        now=NOW,
    )


def test_a_login_without_configuration_says_the_users_example_to_the_letter(alice: User) -> None:
    claims = claims_of(start_session(alice).access_token)

    assert {name: value for name, value in claims.items() if name not in ALWAYS - {"aud"}} == {
        "aud": "api-mi-aplicacion",
        "user_roles": ["admin", "editor"],
        "custom_data": {"departamento": "finanzas", "permisos_especiales": True},
    }


def test_a_person_without_department_says_null_and_false() -> None:
    claims = claims_of(issue_for(UserFactory.create()).token)

    assert claims["custom_data"] == {"departamento": None, "permisos_especiales": False}
    assert claims["user_roles"] == []


def test_only_people_with_a_tenant_carry_its_code(alice: User) -> None:
    bob = UserFactory.create(tenant=TenantFactory.create(code="empresa_123"))

    assert claims_of(issue_for(bob).token)["tenant_id"] == "empresa_123"
    assert "tenant_id" not in claims_of(issue_for(alice).token)


def test_times_are_integers_and_last_as_long_as_the_audience_says(alice: User) -> None:
    issued = issue_for(alice)
    claims = claims_of(issued.token)

    assert (claims["iat"], claims["exp"]) == (int(NOW.timestamp()), int(NOW.timestamp()) + 8 * 3600)
    assert issued.expires_in == 8 * 3600


def test_the_subject_is_a_string_and_the_audience_is_one(alice: User) -> None:
    claims = claims_of(issue_for(alice).token)

    assert (claims["sub"], claims["aud"], claims["client_id"]) == (str(alice.id), OWN_AUDIENCE, "movil")


def test_no_two_tokens_have_the_same_id(alice: User) -> None:
    assert len({claims_of(issue_for(alice).token)["jti"] for _time in range(50)}) == 50


def test_retired_roles_and_departments_are_not_said(alice: User) -> None:
    RoleFactory.create(code="editor").__class__.objects.filter(code="editor").update(retired_at=NOW)
    DepartmentFactory.create(code="finanzas").__class__.objects.update(retired_at=NOW)
    alice.refresh_from_db()

    claims = claims_of(issue_for(alice).token)

    assert (claims["user_roles"], claims["custom_data"]["departamento"]) == (["admin"], None)


@pytest.fixture
def alice_of_many_roles() -> User:
    return UserFactory.create(
        roles=[f"role-of-a-department-with-a-long-name-{number}" for number in range(60)]
    )


def test_a_token_over_budget_is_not_issued_and_names_the_largest_claims(alice_of_many_roles: User) -> None:
    with pytest.raises(TokenUnissuableError) as refusal:
        issue_for(alice_of_many_roles)

    facts = refusal.value.facts
    assert (facts["sub"], facts["audience"]) == (str(alice_of_many_roles.id), OWN_AUDIENCE)
    assert str(facts["largest"]).startswith("user_roles ")
    assert isinstance(facts["bytes"], int)
    assert facts["bytes"] > 2048


def test_the_log_names_person_audience_budget_and_largest_claims_of_a_refused_token(
    alice_of_many_roles: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(TokenUnissuableError):
        issue_for(alice_of_many_roles)

    (record,) = caplog.records
    roles = [f"role-of-a-department-with-a-long-name-{number}" for number in range(60)]
    written = json.dumps({"user_roles": roles}, separators=(",", ":"))
    assert f"user_roles {len(written) - len('{}') + len(',')} bytes" in record.getMessage()
    for said in (str(alice_of_many_roles.id), OWN_AUDIENCE, "2048"):
        assert said in record.getMessage()


def test_a_token_of_exactly_the_budget_is_issued_whole(alice_of_many_roles: User) -> None:
    Audience.objects.update(max_token_bytes=8192)
    size = len(issue_for(alice_of_many_roles).token)
    Audience.objects.update(max_token_bytes=size)

    assert len(claims_of(issue_for(alice_of_many_roles).token)["user_roles"]) == 60
    Audience.objects.update(max_token_bytes=size - 1)
    with pytest.raises(TokenUnissuableError):
        issue_for(alice_of_many_roles)


def test_an_unissuable_token_starts_no_session(alice_of_many_roles: User) -> None:
    with pytest.raises(TokenUnissuableError):
        start_session(alice_of_many_roles)

    assert not RefreshSession.objects.exists()


def _raise(_given: Any) -> Any:
    msg = "the directory is away"
    raise LookupError(msg)


@pytest.mark.parametrize(
    ("compute", "reason"),
    [
        (_raise, "LookupError"),
        (lambda _given: 1, "returned int, not string"),
        (lambda _given: b"x", "returned bytes, not string"),
    ],
)
def test_a_source_that_fails_issues_no_token_and_is_named(
    compute: Any, reason: str, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = ClaimSource(
        name="hr", json_type=JSONType.STRING, sensitivity=Sensitivity.PUBLIC, description="", compute=compute
    )
    monkeypatch.setitem(CLAIM_SOURCES, "hr", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="hr", source="hr", required=False)

    with pytest.raises(TokenUnissuableError) as refusal:
        issue_for(alice)

    assert refusal.value.facts["source"] == "hr"
    assert refusal.value.facts["reason"] == reason
    assert "'source': 'hr'" in caplog.text


@pytest.mark.parametrize(
    "value", [{"at": NOW}, {"share": float("nan")}, {"of": {"set": {1}}}, {1: "a"}, {"b": b"x"}]
)
def test_an_object_that_json_cannot_say_issues_no_token_and_names_its_source(
    value: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ClaimSource(
        name="hr",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=lambda _given: value,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "hr", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="hr", source="hr")

    with pytest.raises(TokenUnissuableError) as refusal:
        issue_for(alice)

    assert refusal.value.facts["source"] == "hr"


def test_the_header_holds_exactly_type_algorithm_and_kid(alice: User) -> None:
    header = json_object(parts_of(issue_for(alice).token)[0])

    assert list(header) == ["typ", "alg", "kid"]
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")


def test_a_shorter_lifetime_of_the_audience_holds_for_the_next_token(alice: User) -> None:
    Audience.objects.update(access_lifetime=timedelta(minutes=5))

    assert issue_for(alice).expires_in == 300
