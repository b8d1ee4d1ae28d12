"""RFC 7662: OAuth 2.0 Token Introspection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.client import ApiClient, read
from tests.api.resource_server import FORM, INTROSPECT, Service, basic, post
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(db: None) -> Service:
    """Return a protected resource."""
    return Service.of()


@pytest.fixture
def token(api: ApiClient, alice: User, service: Service) -> str:
    """Return a token for it."""
    return str(api.log_in("alice@example.org", audience="reports")["token"])


def test_section_2_1_it_is_asked_by_post_with_a_form(service: Service, token: str) -> None:
    answer = post(INTROSPECT, f"token={token}", Authorization=service.authorization, Content_Type=FORM)

    assert read(answer)["active"] is True
    by_get = ApiClient().get(f"{INTROSPECT}?token={token}", Authorization=service.authorization)
    assert by_get.status_code == 405


def test_section_2_1_the_token_is_required(service: Service) -> None:
    assert read(post(INTROSPECT, "", Authorization=service.authorization), 400)["error"] == "invalid_request"


def test_section_2_1_a_wrong_hint_extends_the_search_to_all_kinds(service: Service, token: str) -> None:
    assert service.introspect(token, token_type_hint="refresh_token")["active"] is True


@pytest.mark.parametrize("authorization", ["", basic("reports", "guess"), "Bearer x"])
def test_section_2_1_the_endpoint_must_require_authorization(
    service: Service, token: str, authorization: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    for presented in (token, "x"):
        answer = post(INTROSPECT, {"token": presented}, **headers)
        assert read(answer, 401)["error"] == "invalid_client"


def test_section_2_2_the_answer_is_a_json_object_with_the_boolean_active(
    service: Service, token: str
) -> None:
    answer = post(INTROSPECT, {"token": token}, Authorization=service.authorization)

    assert answer["Content-Type"] == "application/json"
    assert read(answer)["active"] is True


def test_section_2_2_registered_members_have_their_registered_types(service: Service, token: str) -> None:
    said = service.introspect(token)

    assert [type(said[name]) for name in ("exp", "iat")] == [int, int]
    for name in ("client_id", "token_type", "sub", "aud", "iss", "jti"):
        assert isinstance(said[name], str), name


def test_section_2_2_of_an_inactive_token_nothing_else_is_told(
    service: Service, api: ApiClient, alice: User
) -> None:
    foreign = api.log_in("alice@example.org")["token"]

    for presented in (foreign, "x", foreign[:-4] + "AAAA"):
        assert service.introspect(presented) == {"active": False}


def test_section_2_3_without_proper_credentials_the_answer_is_401_with_a_challenge(token: str) -> None:
    answer = post(INTROSPECT, {"token": token}, Authorization=basic("reports", "guess"))

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="authsite", charset="UTF-8"'


def test_section_4_the_server_checks_all_there_is_to_check(
    service: Service, token: str, api: ApiClient
) -> None:
    api.post("/api/v1/auth/logout/", None)
    committed()

    assert service.introspect(token) == {"active": False}
    assert service.introspect(token.rpartition(".")[0] + ".") == {"active": False}


def test_section_4_an_answer_is_not_to_be_stored(service: Service, token: str) -> None:
    for presented in (token, "x"):
        answer = post(INTROSPECT, {"token": presented}, Authorization=service.authorization)
        assert answer["Cache-Control"] == "no-store"
