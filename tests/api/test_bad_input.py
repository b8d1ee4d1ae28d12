"""Garbage is answered with a 4xx and an ``error``, never with a 500 or a stack trace."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

POSTS = [
    "/api/v1/auth/login/",
    "/api/v1/auth/refresh/",
    "/api/v1/auth/logout/",
    "/api/v1/auth/password/",
    "/api/token/",
    "/api/token/refresh/",
    "/api/token/verify/",
    "/api/token/blacklist/",
]
DEEP = b'{"email":' + b"[" * 30_000 + b"]" * 30_000 + b"}"

BODIES = {
    "nothing": b"",
    "no JSON": b"email=a&password=b",
    "half JSON": b'{"email": ',
    "list": b"[]",
    "null": b"null",
    "string": b'"x"',
    "number": b"7",
    "deep": DEEP,
    "1 MB": b'{"email": "' + b"x" * 1_000_000 + b'"}',
    "not UTF-8": b'{"email": "\xff\xfe"}',
    "half a surrogate pair": b'{"email": "\\ud800@example.org", "password": "\\udfff", "refresh": "\\ud800"}',
    "NaN": b'{"email": NaN}',
    "huge number": b'{"email": ' + b"9" * 5000 + b"}",
    "null bytes": b'{"email": "a\\u0000@b.org", "password": "\\u0000", "refresh": "\\u0000"}',
    "wrong types": b'{"email": {"$ne": 1}, "password": ["x"], "refresh": 7, "token": true, "audience": []}',
    "wrong device": b'{"email": "a@example.org", "password": "x", "refresh": "x", "device": "phone"}',
}


def assert_refused(response: Any) -> dict[str, Any]:
    assert 400 <= response.status_code < 500, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert b"Traceback" not in response.content
    problem: dict[str, Any] = json.loads(response.content)
    assert problem["error"]
    assert {"type", "title", "status", "code"} <= set(problem)
    return problem


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_garbage_is_refused(api: ApiClient, path: str, body: bytes) -> None:
    assert_refused(api.send("POST", path, body))


@pytest.mark.parametrize("path", POSTS[:2])
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=punycode",
        "application/json; charset=idna",
        "application/json; charset=nonsense",
        "",
        "application/xml",
    ],
)
def test_other_media_types_and_charsets_are_refused(api: ApiClient, path: str, content_type: str) -> None:
    response = api.post(path, {"email": "a@example.org", "password": "x"}, Content_Type=content_type)

    assert assert_refused(response)["code"] in {"unsupported_media_type", "invalid_request"}


def test_charset_utf_8_is_accepted(api: ApiClient, alice: User) -> None:
    body = {"email": "alice@example.org", "password": PASSWORD}

    assert read(api.post("/api/v1/auth/login/", body, Content_Type='application/json; charset="UTF-8"'))


def test_too_long_body_says_so(api: ApiClient) -> None:
    response = api.send("POST", "/api/v1/auth/login/", BODIES["1 MB"])

    assert assert_refused(response)["status"] == 413


def test_misspelt_field_is_named(api: ApiClient, alice: User) -> None:
    body = {"email": "alice@example.org", "password": PASSWORD, "dispositivo": {}}

    assert list(assert_refused(api.post("/api/v1/auth/login/", body))["error"]) == ["dispositivo"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(api: ApiClient, method: str) -> None:
    assert assert_refused(api.send(method, "/api/v1/auth/login/"))["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", [path for path in POSTS if not path.endswith("/password/")])
def test_a_body_above_the_limit_is_too_large(api: ApiClient, path: str) -> None:
    problem = assert_refused(api.send("POST", path, b'{"email": "' + b"x" * 2_000_000 + b'"}'))

    assert (problem["status"], problem["code"]) == (413, "payload_too_large")


def test_unknown_path_is_a_problem_document(api: ApiClient) -> None:
    assert assert_refused(api.get("/api/v1/nothing/here"))["code"] == "not_found"


def test_unknown_response_format_is_refused(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    assert assert_refused(api.get("/api/v1/me/", Accept="application/xml"))["code"] == "not_acceptable"


TOKENS = ["x", "a.b.c", "....", "é", "\x00", "eyJhbGciOiJub25lIn0.e30.", "a" * 9000, "a b", "null"]


@pytest.mark.parametrize("token", TOKENS)
def test_garbage_as_bearer_token_is_refused(api: ApiClient, token: str) -> None:
    response = api.get("/api/v1/me/", Authorization=f"Bearer {token}")

    assert assert_refused(response)["code"] == "invalid_token"
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["email", "password", "device", "audience", "client_id", "refresh", "token"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), body=st.dictionaries(FIELDS, JSON))
def test_no_json_object_causes_a_server_error(api: ApiClient, path: str, body: dict[str, Any]) -> None:
    response = api.send("POST", path, json.dumps(body).encode())

    # simplejwt's own endpoints ignore fields that they do not know, and logout is idempotent.
    assert response.status_code < 500 or pytest.fail(response.content.decode())


@pytest.mark.parametrize("code", ["\0", "a\0", "ñ", "A", " a", "a" * 64])
def test_what_cannot_be_a_code_names_nothing(api: ApiClient, alice: User, code: str) -> None:
    api.log_in("alice@example.org")
    audience = {"code": "x", "label": "X"}

    for path, body, field in (
        ("/api/v1/users/", {"email": "n@example.org", "name": "N", "roles": [code]}, "roles"),
        ("/api/v1/users/", {"email": "n@example.org", "name": "N", "department": code}, "department"),
        ("/api/v1/audiences/", audience | {"open_to_roles": [code]}, "open_to_roles"),
        ("/api/v1/audiences/", audience | {"open_to_tenants": [code]}, "open_to_tenants"),
    ):
        assert list(read(api.post(path, body), 400)["error"]) == [field]
