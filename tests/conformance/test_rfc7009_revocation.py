"""RFC 7009: OAuth 2.0 Token Revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError

from tests.api.client import ApiClient, read
from tests.api.resource_server import FORM, REVOKE, Service, basic, post
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(db: None) -> Service:
    """Return a confidential client."""
    return Service.of()


@pytest.fixture
def login(api: ApiClient, alice: User, service: Service) -> dict[str, Any]:
    """Return what an app has got."""
    return api.log_in("alice@example.org", audience="reports")


def test_section_2_refresh_tokens_must_be_revocable_and_access_tokens_should(
    service: Service, login: dict[str, Any], api: ApiClient
) -> None:
    assert post(REVOKE, {"token": login["refresh"]}).status_code == 200
    again = api.log_in("alice@example.org", audience="reports")

    assert service.revoke(again["token"]).status_code == 200

    for refresh in (login["refresh"], again["refresh"]):
        assert read(api.post("/api/v1/auth/refresh/", {"refresh": refresh}), 401)["code"] == "session_ended"


def test_section_2_1_it_is_asked_by_post_with_a_form(login: dict[str, Any]) -> None:
    assert post(REVOKE, f"token={login['refresh']}", Content_Type=FORM).status_code == 200
    assert ApiClient().get(f"{REVOKE}?token={login['refresh']}").status_code == 405


def test_section_2_1_the_token_is_required() -> None:
    assert read(post(REVOKE, "token_type_hint=refresh_token"), 400)["error"] == "invalid_request"


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_section_2_1_a_wrong_hint_must_extend_the_search_to_all_kinds(
    service: Service, login: dict[str, Any], hint: str
) -> None:
    assert service.revoke(login["token"], token_type_hint=hint).status_code == 200
    committed()

    assert service.introspect(login["token"]) == {"active": False}


def test_section_2_1_client_credentials_are_verified_first(login: dict[str, Any]) -> None:
    for token in (login["token"], login["refresh"], "x"):
        answer = post(REVOKE, {"token": token}, Authorization=basic("reports", "guess"))
        assert read(answer, 401)["error"] == "invalid_client"
    committed()

    assert read(ApiClient().post("/api/v1/auth/refresh/", {"refresh": login["refresh"]}))["token"]


def test_section_2_1_a_token_of_another_client_is_refused_with_an_error(
    service: Service, login: dict[str, Any]
) -> None:
    assert read(Service.of("other").revoke(login["token"]), 403)["error"] == "invalid_grant"
    assert service.introspect(login["token"])["active"]


def test_section_2_1_access_tokens_of_a_revoked_refresh_token_are_invalidated(
    service: Service, login: dict[str, Any]
) -> None:
    post(REVOKE, {"token": login["refresh"]})
    committed()

    assert service.introspect(login["token"]) == {"active": False}


@pytest.mark.parametrize("token", ["x", "a.b.c", "1.2.3.4"])
def test_section_2_2_an_invalid_token_is_no_error(service: Service, token: str) -> None:
    assert service.revoke(token).status_code == 200


def test_section_2_2_1_without_a_database_the_client_is_told_to_try_again(
    login: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("accounts.refresh_sessions.revocation.end_presented_session", fail)

    answer = post(REVOKE, {"token": login["refresh"]})

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_rfc_6749_section_5_2_errors_are_json_with_a_code_and_are_not_stored() -> None:
    answer = post(REVOKE, "")

    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert read(answer, 400)["error"] == "invalid_request"
