"""One session gets a token for each audience that is open to the person; each token is for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import create_audience, retire_audience
from accounts.refresh_sessions.models import RefreshSession
from accounts.tokens.compact import json_object, parts_of
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.api.resource_server import Service
from tests.factories import PASSWORD, RoleFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from accounts.audiences.models import Audience
    from accounts.models import User

pytestmark = pytest.mark.django_db

OWN, REFRESH = "api-mi-aplicacion", "/api/v1/auth/refresh/"
CODES = ("reports", "payroll", OWN)


def named(code: str, **more: Any) -> Audience:
    rows = [ContractClaimInput(path="groups", source="roles")]
    now = timezone.now()
    return create_audience(code=code, label=code.title(), rows=rows, actor=SYSTEM, now=now, **more)


@pytest.fixture(autouse=True)
def audiences(db: None) -> dict[str, Audience]:
    """Return two open ones, and one that is closed to Alice."""
    directors = [RoleFactory.create(code="director")]
    return {
        "reports": named("reports"),
        "payroll": named("payroll", signing_algorithm="EdDSA"),
        "closed": named("closed", open_to_roles=directors),
    }


def claims_of(token: str) -> dict[str, Any]:
    return json_object(parts_of(token)[1])


def test_each_refresh_chooses_the_audience_of_its_token(api: ApiClient, alice: User) -> None:
    kept = api.log_in("alice@example.org", audience="reports")

    for code in CODES * 2:
        kept = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": code}))
        claims = claims_of(kept["token"])
        assert (claims["aud"], claims["sid"]) == (code, kept["sid"])

    assert RefreshSession.objects.count() == 1


def test_each_token_has_its_audiences_contract_and_algorithm_and_no_others(
    api: ApiClient, alice: User
) -> None:
    kept = api.log_in("alice@example.org", audience="reports")
    own = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": OWN}))
    payroll = read(api.post(REFRESH, {"refresh": own["refresh"], "audience": "payroll"}))

    assert ("groups" in claims_of(own["token"]), "user_roles" in claims_of(own["token"])) == (False, True)
    assert claims_of(payroll["token"])["groups"] == ["admin", "editor"]
    assert json_object(parts_of(payroll["token"])[0])["alg"] == "EdDSA"


def test_without_an_audience_a_refresh_is_for_that_of_the_login(api: ApiClient, alice: User) -> None:
    kept = api.log_in("alice@example.org", audience="reports")
    kept = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": "payroll"}))

    assert claims_of(read(api.post(REFRESH, {"refresh": kept["refresh"]}))["token"])["aud"] == "reports"


@pytest.mark.parametrize("path", ["/api/v1/auth/login/", REFRESH])
@pytest.mark.parametrize("audience", [["reports", "payroll"], "reports payroll", "", 1, None])
def test_nobody_gets_one_token_for_two(api: ApiClient, alice: User, path: str, audience: object) -> None:
    login = api.log_in("alice@example.org")
    credentials = {"email": "alice@example.org", "password": PASSWORD}
    body = {"refresh": login["refresh"]} if path == REFRESH else credentials

    problem = read(api.post(path, body | {"audience": audience}), 400)

    assert list(problem["error"]) == ["audience"]


def test_a_token_is_good_for_its_own_audience_alone(api: ApiClient, alice: User) -> None:
    kept = api.log_in("alice@example.org", audience="reports")
    tokens = {}
    for code in CODES:
        kept = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": code}))
        tokens[code] = kept["token"]

    for code in CODES:
        service = Service.of(code)
        assert [of for of, token in tokens.items() if service.introspect(token)["active"]] == [code]
        api.token = tokens[code]
        assert api.get("/api/v1/me/").status_code == (200 if code == OWN else 403)


@pytest.mark.parametrize(("audience", "status"), [("closed", 403), ("unknown", 400), ("retired", 400)])
def test_what_is_not_open_costs_no_session(api: ApiClient, alice: User, audience: str, status: int) -> None:
    retire_audience(audience_id=named("retired").pk, actor=SYSTEM, now=timezone.now())
    kept = api.log_in("alice@example.org")

    assert api.post(REFRESH, {"refresh": kept["refresh"], "audience": audience}).status_code == status

    assert RefreshSession.objects.get().generation == 1
    assert read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": "reports"}))["token"]


def test_ending_the_session_ends_the_tokens_of_all_its_audiences(api: ApiClient, alice: User) -> None:
    kept = api.log_in("alice@example.org", audience="reports")
    tokens = {"reports": kept["token"]}
    kept = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": "payroll"}))
    tokens["payroll"] = kept["token"]

    assert Service.of("payroll").revoke(tokens["payroll"]).status_code == 200
    committed()

    for code, token in tokens.items():
        assert Service.of(code).introspect(token) == {"active": False}
