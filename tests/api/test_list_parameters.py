"""What lists may be asked, and how a mistake is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils.functional import Promise

from api.schema.lists import DESCRIPTIONS
from api.urls import directory
from tests.api.client import ApiClient, read
from tests.api.pages import read_page
from tests.api.test_browser import signed_in
from tests.api.test_schema import SCHEMA

if TYPE_CHECKING:
    from accounts.models import User

USERS = "/api/v1/users/"
VIEWSETS: dict[str, Any] = {prefix: viewset for prefix, viewset, _ in directory.registry}


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in(alice.email)
    return api


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        (USERS, "role=admin&role=editor", "role"),
        (USERS, "page=1&page=2", "page"),
        (USERS, "tenant=", "tenant"),
        (USERS, "tenant=%20", "tenant"),
        (USERS, "search=", "search"),
        (USERS, "page=", "page"),
        (USERS, "page=0", "page"),
        (USERS, "page=abc", "page"),
        (USERS, "page=-1", "page"),
        (USERS, "page=last", "page"),
        (USERS, "page=%C2%B2", "page"),
        (USERS, "page_size=201", "page_size"),
        (USERS, "is_active=True", "is_active"),
        (USERS, "ordering=email,", "ordering"),
        ("/api/v1/audit-events/", "until=", "until"),
        ("/api/v1/auth/sessions/", "nope=1", "nope"),
        ("/api/v1/auth/sessions/", "page_size=5&page_size=6", "page_size"),
    ],
)
def test_mistaken_parameter_is_named(admin: ApiClient, path: str, query: str, parameter: str) -> None:
    assert list(read(admin.get(f"{path}?{query}"), 400)["error"]) == [parameter]


def test_mistakes_of_different_kinds_are_told_together(admin: ApiClient) -> None:
    problem = read(admin.get(f"{USERS}?nope=1&is_active=zz&tenant="), 400)

    assert set(problem["error"]) == {"nope", "is_active", "tenant"}


def test_page_beyond_the_last_is_not_there(admin: ApiClient) -> None:
    assert read(admin.get(f"{USERS}?page=2"), 404)["code"] == "not_found"
    assert read(admin.get(f"{USERS}?page={'9' * 400}"), 404)["code"] == "not_found"


def test_browser_is_led_to_the_address_without_empty_fields(alice: User) -> None:
    browser = signed_in(alice)

    response = browser.get(f"{USERS}?search=a%26b&role=&is_active=&page_size=5", Accept="text/html")

    assert response["Location"] == f"{USERS}?search=a%26b&page_size=5"
    assert browser.get(f"{USERS}?role=", Accept="text/html")["Location"] == USERS
    read_page(browser, f"{USERS}?role=zz")


@pytest.mark.parametrize("resource", VIEWSETS)
def test_each_filter_has_a_label_that_waits_for_its_reader(resource: str) -> None:
    for name, each in VIEWSETS[resource].filterset_class.base_filters.items():
        assert isinstance(each.label, Promise), name
        assert name in DESCRIPTIONS


def test_description_of_the_api_leaves_no_language_behind(alice: User) -> None:
    browser = signed_in(alice)
    before = read_page(browser, "/api/v1/roles/").one("details", class_="filters").text

    assert browser.get("/api/schema/", Accept_Language="en").status_code == 200

    assert read_page(browser, "/api/v1/roles/").one("details", class_="filters").text == before


def parameters(path: str) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in SCHEMA["paths"][path]["get"]["parameters"]}


def test_parameters_are_described_as_they_are_read() -> None:
    described = parameters(USERS)

    assert described["is_active"] == described["special_permissions"] == {"type": "boolean"}
    assert parameters("/api/v1/roles/")["retired"] == {"type": "boolean"}
    assert described["page"] == {"type": "integer", "minimum": 1}
    assert described["page_size"] == {"type": "integer", "minimum": 1, "maximum": 200}
    assert described["role"] == {"type": "string", "minLength": 1}
    assert described["ordering"]["enum"] == [
        "email",
        "-email",
        "name",
        "-name",
        "created_at",
        "-created_at",
    ]
