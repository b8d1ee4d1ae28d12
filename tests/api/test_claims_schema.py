"""A developer fetches what the tokens of an audience hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator

from accounts import conf
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.services import change_contract
from accounts.tokens.claims_schema import PUBLISHED_AT
from tests.accounts.journeys import NOW, SYSTEM
from tests.api.client import ApiClient, read

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

PATH = "/.well-known/claims/api-mi-aplicacion.json"


def validator(document: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_token_of_a_login_is_valid_against_the_published_schema(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["token"]
    document = read(api.get(PATH))

    Draft202012Validator.check_schema(document)
    claims = read(api.get("/api/v1/auth/token/"))["claims"]
    validator(document).validate(claims)
    assert not validator(document).is_valid({name: claims[name] for name in claims if name != "user_roles"})
    assert token


def test_schema_says_which_audience_issuer_and_version_it_is_of(api: ApiClient) -> None:
    own = Audience.objects.get()
    rows = [
        ContractClaimInput(path=row.path, source=row.source, required=row.required)
        for row in own.contract_claims.all()
    ]
    before = api.get(PATH)

    change_contract(
        audience_id=own.pk,
        rows=[*rows, ContractClaimInput(path="lang", source="locale")],
        actor=SYSTEM,
        now=NOW,
    )

    after = api.get(PATH, If_None_Match=before["ETag"])
    document = read(after)
    assert (read(before)["x-contract-version"], document["x-contract-version"]) == (1, 2)
    assert document["$id"] == f"{conf.issuer()}{PATH}"
    assert document["properties"]["lang"]["x-sensitivity"] == "public"
    assert after["ETag"] != before["ETag"]


def test_address_in_the_schema_is_that_of_the_route() -> None:
    assert PUBLISHED_AT.format(audience="nominas") == reverse("claims", kwargs={"audience": "nominas"})


def test_schema_is_cacheable_by_anybody_and_by_language(api: ApiClient) -> None:
    response = api.get(PATH)
    again = api.get(PATH, If_None_Match=response["ETag"])

    assert response["Content-Type"] == "application/schema+json"
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == response["ETag"]
    for answer in (response, again):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cache-Control"] == "public, max-age=300"
        assert answer["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("language", "said"), [("", "La persona"), ("en-GB,en;q=0.9", "The person"), ("fr", "La persona")]
)
def test_descriptions_are_in_the_language_that_was_asked_for(
    api: ApiClient, language: str, said: str
) -> None:
    response = api.get(PATH, **{"Accept-Language": language} if language else {})

    assert read(response)["properties"]["sub"]["description"].startswith(said)


def test_only_texts_depend_on_the_language(api: ApiClient) -> None:
    spanish, english = (read(api.get(PATH, Accept_Language=language)) for language in ("es", "en"))

    assert spanish != english
    assert without_descriptions(spanish) == without_descriptions(english)


def without_descriptions(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return {name: without_descriptions(inner) for name, inner in node.items() if name != "description"}


def test_head_has_the_headers_without_the_document(api: ApiClient) -> None:
    response, head = api.get(PATH), api.send("HEAD", PATH)

    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Content-Type"]) == (response["ETag"], response["Content-Type"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_allowed(api: ApiClient, method: str) -> None:
    assert api.send(method, PATH).status_code == 405


def test_it_costs_one_query(api: ApiClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        api.get(PATH)


NO_AUDIENCES = [
    "nobody",
    "API",
    "_a",
    "a" * 64,
    "%C3%A1",
    "api-mi-aplicacion%0A",
    "..%2Fjwks",
    "a%00b",
    "a/b",
    "",
]


@pytest.mark.parametrize("code", NO_AUDIENCES)
def test_audience_that_there_is_not_is_a_problem(api: ApiClient, code: str) -> None:
    response = api.get(f"/.well-known/claims/{code}.json")

    assert read(response, 404)["code"] == "not_found"
    assert response["Content-Type"] == "application/problem+json"


def test_retired_audience_is_as_if_there_were_none(api: ApiClient) -> None:
    Audience.objects.create(code="old", label="Old", retired_at=NOW)

    old, nobody = (read(api.get(f"/.well-known/claims/{code}.json"), 404) for code in ("old", "nobody"))

    assert old == nobody


def test_audience_whose_code_ends_like_the_address_is_found(api: ApiClient) -> None:
    Audience.objects.create(code="a.json", label="A")

    assert read(api.get("/.well-known/claims/a.json.json"))["title"] == "Claims of a.json"
    assert api.get("/.well-known/claims/a.json").status_code == 404


def test_source_that_is_not_registered_is_a_fault_and_never_half_a_schema(
    api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    ContractClaim.objects.filter(path="user_roles").update(source="gone")

    response = api.get(PATH, Accept_Language="en")

    problem = read(response, 500)
    assert (problem["code"], response["Content-Type"]) == ("server_error", "application/problem+json")
    assert "names a source that is not registered" in problem["detail"]
    assert not response.has_header("ETag")
    assert "api-mi-aplicacion" in caplog.text
    assert "'source': 'gone'" in caplog.text
    assert "gone" not in response.content.decode()
