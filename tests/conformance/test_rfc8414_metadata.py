"""RFC 8414: OAuth 2.0 Authorization Server Metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from accounts import conf
from tests.api.client import ApiClient, read
from tests.api.resource_server import post

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db

PLACES = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
#: What to send to an endpoint, and how it answers that something else is wanted.
ASKED = {"introspection_endpoint": {"token=x": 401}, "revocation_endpoint": {"": 400, "token=YQ.YQ.YQ": 401}}


@pytest.fixture(params=PLACES)
def answer(request: pytest.FixtureRequest) -> HttpResponse:
    """Return the answer at one of the places."""
    return ApiClient().get(request.param)


def metadata() -> dict[str, Any]:
    return read(ApiClient().get(PLACES[0]))


def test_section_2_the_issuer_is_a_url_without_query_or_fragment() -> None:
    issuer = urlsplit(metadata()["issuer"])

    assert (issuer.query, issuer.fragment, issuer.path) == ("", "", "")


def test_section_2_response_types_are_required_and_grant_types_have_a_default() -> None:
    """There are none of either: left out, the latter would mean authorization_code and implicit."""
    assert metadata()["response_types_supported"] == []
    assert metadata()["grant_types_supported"] == []


def test_section_2_nothing_is_named_that_is_not_there() -> None:
    absent = {"authorization_endpoint", "token_endpoint", "registration_endpoint", "userinfo_endpoint"}

    assert not absent & set(metadata())
    assert not [name for name in metadata() if "id_token" in name or "code_challenge" in name]


@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_section_2_signing_algorithms_are_named_where_a_key_authenticates(endpoint: str) -> None:
    methods = metadata()[f"{endpoint}_endpoint_auth_methods_supported"]
    algorithms = metadata()[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]

    assert "private_key_jwt" in methods
    assert algorithms
    assert "none" not in algorithms


def test_section_2_the_languages_are_bcp_47_tags() -> None:
    assert metadata()["ui_locales_supported"] == ["es", "en"]


def test_section_2_every_url_is_under_the_issuer_and_answers() -> None:
    urls = {name: value for name, value in metadata().items() if str(value).startswith("http")}

    assert set(urls) == {
        "issuer",
        "jwks_uri",
        "introspection_endpoint",
        "revocation_endpoint",
        "service_documentation",
    }
    for name, url in urls.items():
        assert url.startswith(conf.issuer()), name
        path = url.removeprefix(conf.issuer())
        if name.endswith("_endpoint"):
            said = {read(post(path, body), status)["error"] for body, status in ASKED[name].items()}
            assert said <= {"invalid_client", "invalid_request"}, name
        elif path:
            assert ApiClient().get(path, Accept="*/*").status_code == 200, name


def test_section_3_1_it_is_asked_by_get(answer: HttpResponse) -> None:
    assert answer.status_code == 200
    for place in PLACES:
        assert ApiClient().post(place, {}).status_code == 405


def test_section_3_2_it_is_a_json_object_of_type_application_json(answer: HttpResponse) -> None:
    assert answer["Content-Type"] == "application/json"
    assert isinstance(json.loads(answer.content), dict)


def test_section_3_3_the_issuer_is_that_of_the_address_and_of_the_tokens(answer: HttpResponse) -> None:
    assert json.loads(answer.content)["issuer"] == conf.issuer()


def test_both_places_answer_the_same() -> None:
    one, other = (ApiClient().get(place) for place in PLACES)

    assert (one.content, one["ETag"]) == (other.content, other["ETag"])


def test_it_is_cached_by_anybody_and_read_from_any_origin(answer: HttpResponse) -> None:
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Access-Control-Allow-Origin"] == "*"
    for place in PLACES:
        assert ApiClient().get(place, If_None_Match=answer["ETag"]).status_code == 304
