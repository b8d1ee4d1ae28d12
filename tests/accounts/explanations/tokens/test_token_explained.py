"""What a token says, claim by claim, in every case; and why there would be none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, JSONValue, Sensitivity
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.tokens.claim_rows import State
from accounts.explanations.tokens.explained import TokenExplained, assumed_context, explain_token
from accounts.explanations.tokens.reasons import Obstacle
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import keyring
from accounts.keys.models import SigningKey
from accounts.keys.services import ensure_current_key
from accounts.tokens.compact import json_object, parts_of
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, claims_of, start_session
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db

AT_ISSUE = {"sid", "jti", "iat", "exp"}


@pytest.fixture(autouse=True)
def _english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def alice() -> User:
    return UserFactory.create(department=DepartmentFactory.create(label="Dirección"), roles=["editor"])


def explained(user: User, audience: str = OWN_AUDIENCE) -> TokenExplained:
    context = assumed_context(audience=audience, now=NOW)
    return explain_token(user_id=user.pk, audience=audience, context=context)


def obstacles(token: TokenExplained) -> list[Obstacle]:
    return [reason.obstacle for reason in token.reasons]


def own_source(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """Register a source of the deployment's own, and put it into the contract."""

    def compute(_given: object) -> JSONValue:
        value: JSONValue = answer()
        return value

    source = ClaimSource(
        name="own",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description="Ours.",
        compute=compute,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "own", source)
    add_claim("x.own", "own")


def add_claim(path: str, source: str, **fields: Any) -> None:
    audience = Audience.objects.get(code=OWN_AUDIENCE)
    ContractClaim.objects.create(audience=audience, path=path, source=source, position=9, **fields)


def test_it_says_what_the_token_says_in_header_and_claims(alice: User) -> None:
    raw = start_session(alice).access_token
    said = claims_of(raw)

    token = explained(alice)

    assert token.claims == {name: said[name] for name in said if name not in AT_ISSUE}
    assert token.header == json_object(parts_of(raw)[0])
    assert token.is_issued


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_it_knows_the_length_of_the_token(alice: User, algorithm: SigningAlgorithm) -> None:
    ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    keyring.forget()
    Audience.objects.update(signing_algorithm=algorithm)

    assert explained(alice).token_bytes == len(start_session(alice).access_token)


def test_letters_beyond_ascii_count_as_the_token_writes_them() -> None:
    add_claim("name", "name")
    user = UserFactory.create(name="Ñandú 😀 \x7f")

    assert explained(user).token_bytes == len(start_session(user).access_token)


def test_each_claim_has_a_row_with_its_source_and_bytes(alice: User) -> None:
    rows = {row.path: row for row in explained(alice).rows}

    assert list(rows)[:5] == ["iss", "sub", "aud", "client_id", "epoch"]
    assert not rows["sub"].is_of_contract
    roles = rows["user_roles"]
    assert (roles.value, roles.bytes) == (["editor"], len('"user_roles":["editor"],'))
    assert roles.source is CLAIM_SOURCES["roles"]
    assert rows["custom_data.permisos_especiales"].bytes == len('"permisos_especiales":false,')
    assert (rows["tenant_id"].state, rows["tenant_id"].bytes) == (State.LEFT_OUT, 0)


def test_a_budget_that_is_nearly_full_is_advice_and_one_that_is_passed_a_reason(alice: User) -> None:
    size = explained(alice).token_bytes

    Audience.objects.update(max_token_bytes=size)
    token = explained(alice)
    assert ([each.obstacle for each in token.advice], token.reasons) == ([Obstacle.NEAR_BUDGET], ())
    assert "sub 45" in str(token.advice[0])
    Audience.objects.update(max_token_bytes=size - 1)
    token = explained(alice)
    assert (token.advice, obstacles(token)) == ((), [Obstacle.OVER_BUDGET])
    Audience.objects.update(max_token_bytes=size * 2)
    assert (explained(alice).advice, explained(alice).reasons) == ((), ())


def test_an_audience_that_is_missing_or_retired_is_a_reason(alice: User) -> None:
    assert obstacles(explained(alice, "elsewhere")) == [Obstacle.UNKNOWN_AUDIENCE]

    Audience.objects.update(retired_at=NOW)

    token = explained(alice)
    assert obstacles(token) == [Obstacle.RETIRED_AUDIENCE]
    assert {row.state for row in token.rows} == {State.UNKNOWN}
    assert "Restore" in str(token.reasons[0])


def test_an_inactive_person_of_a_retired_tenant_is_two_reasons_and_the_claims_are_there(alice: User) -> None:
    alice.is_active, alice.tenant = False, TenantFactory.create(retired_at=NOW)
    alice.save()

    token = explained(alice)

    assert obstacles(token) == [Obstacle.INACTIVE, Obstacle.RETIRED_TENANT]
    assert token.claims is not None


def test_a_source_that_is_not_registered_is_named_with_its_claim(alice: User) -> None:
    add_claim("odd", "not_there")

    token = explained(alice)

    assert obstacles(token) == [Obstacle.SOURCE_UNKNOWN]
    assert "“not_there”" in str(token.reasons[0])
    assert [row.path for row in token.rows if row.state is State.FAILED] == ["odd"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(lambda: 1 / 0, "ZeroDivisionError"), (list, "returned list"), (lambda: None, "")],
)
def test_a_source_that_fails_is_named_and_the_others_are_shown(
    alice: User, monkeypatch: pytest.MonkeyPatch, answer: Any, said: str
) -> None:
    own_source(monkeypatch, answer)

    token = explained(alice)

    states = {row.path: row.state for row in token.rows}
    assert states["user_roles"] is State.SAID
    assert (states["x.own"] is State.FAILED) == bool(said)
    assert obstacles(token) == ([Obstacle.SOURCE_FAILED] if said else [])
    assert said in "".join(str(reason) for reason in token.reasons)


def deep() -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"v": value}
    return value


@pytest.mark.parametrize("answer", [deep, lambda: {"n": 10**5000}, lambda: {"half": "\ud83d"}])
def test_a_value_that_json_cannot_say_is_a_reason_too(
    alice: User, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    own_source(monkeypatch, answer)

    token = explained(alice)

    assert token.claims is None
    assert obstacles(token) == [Obstacle.SOURCE_FAILED]


def test_without_a_signing_key_the_claims_are_still_told(alice: User) -> None:
    SigningKey.objects.all().delete()
    keyring.forget()

    token = explained(alice)

    assert (token.header, obstacles(token)) == (None, [Obstacle.NO_SIGNING_KEY])
    assert token.claims is not None


def test_a_key_that_does_not_open_is_a_reason(alice: User) -> None:
    SigningKey.objects.update(sealed_private_jwk=b"x" * 60)
    keyring.forget()

    token = explained(alice)

    assert token.header is not None
    assert obstacles(token) == [Obstacle.KEY_UNREADABLE]


def test_explaining_costs_three_queries(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keyring.keys()

    with django_assert_num_queries(3):
        explained(alice)
