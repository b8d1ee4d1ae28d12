"""The OpenAPI description."""

import io
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import yaml
from django.core.management import call_command

from tests.api.client import ApiClient
from tests.house.source_files import ROOT

SCHEMA = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text("utf-8"))


@pytest.mark.django_db
def test_committed_schema_is_that_of_the_code() -> None:
    out = io.StringIO()

    call_command("spectacular", "--lang", "en", "--validate", "--fail-on-warn", stdout=out)

    assert "openapi: 3.1" in out.getvalue()
    assert out.getvalue() == (ROOT / "docs/openapi.yaml").read_text("utf-8"), "run `make schema`"


def test_documentation_is_served_without_foreign_hosts(api: ApiClient) -> None:
    page = api.get("/api/docs/", Accept="text/html").content.decode()

    assert "swagger-ui" in page
    assert "https://" not in page


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            for where, body in [
                ("request", operation.get("requestBody", {})),
                *operation["responses"].items(),
            ]:
                for media in body.get("content", {}).values():
                    yield f"{method} {path} {where}", media


def test_each_request_and_answer_has_an_example_that_fits() -> None:
    wrong = []
    for where, media in bodies():
        schema = media["schema"] | {"components": SCHEMA["components"]}
        if "example" not in media or not jsonschema_rs.is_valid(schema, media["example"]):
            wrong.append(where)

    assert wrong == []


def test_each_operation_says_what_it_needs_and_how_it_fails() -> None:
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            is_open = operation["security"] == [{}]
            assert is_open or "audience" in str(operation["x-requires"]), (method, path)
            assert {"401", "500"} <= set(operation["responses"]), (method, path)
            assert operation["description"].strip(), (method, path)


def test_requirements_are_those_of_the_permission_classes() -> None:
    get_user = SCHEMA["paths"]["/api/v1/users/{id}/"]["get"]

    assert get_user["x-requires"] == {
        "all": [{"audience": "api-mi-aplicacion"}, {"any": [{"role": ["admin"]}, {"self": True}]}]
    }
    assert "role `admin` or to be that person" in get_user["description"]


def test_unknown_fields_are_refused_as_described(api: ApiClient) -> None:
    schemas = SCHEMA["components"]["schemas"]
    bodies = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}

    assert {"LoginRequest", "DeviceRequest", "UserRequest", "PatchedProfileRequest"} <= bodies
    assert not any(name.startswith("Token") or not name.endswith("Request") for name in bodies)
    assert api.post("/api/v1/auth/login/", {"nonsense": 1}).status_code == 400


def test_bounds_of_an_audience_are_those_of_the_domain() -> None:
    schemas = SCHEMA["components"]["schemas"]
    path = schemas["ContractClaimRequest"]["properties"]["path"]

    for body in ("AudienceRequest", "PatchedAudienceRequest"):
        lifetime = schemas[body]["properties"]["access_lifetime"]
        assert (lifetime["minimum"], lifetime["maximum"]) == (60, 86400)
    for good in ("user_roles", "a.b.c.d"):
        assert jsonschema_rs.is_valid(path, good)
    for bad in ("", "1a", "a..b", "a.b.c.d.e", "a-b", "a" * 64):
        assert not jsonschema_rs.is_valid(path, bad)
