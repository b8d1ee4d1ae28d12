"""One line per request, and one id that joins the lines, the answer and the audit events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Never

import pytest
from django.db import OperationalError
from django.urls import path

from accounts.audit.models import AuditEvent
from api.views import me
from authsite import urls
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.test import Client
    from pytest_django.fixtures import Settings

    from accounts.models import User
    from tests.log_lines import Lines

pytestmark = pytest.mark.django_db

GIVEN = "0af7651916cd43dd8448eb211c80319c"


def fail(_request: HttpRequest, word: str) -> Never:
    raise RuntimeError("nobody handles this")


# This module is the routes of a test.
urlpatterns = [path("failure/<str:word>/", fail), *urls.urlpatterns]
handler500 = urls.handler500


def test_request_is_one_line_with_its_route_and_person(api: ApiClient, alice: User, lines: Lines) -> None:
    api.log_in(alice.email)
    sid = read(api.get("/api/v1/auth/sessions/"))["results"][0]["sid"]
    lines.written.clear()

    answer = api.send("DELETE", f"/api/v1/auth/sessions/{sid}/?token=secret")

    (line,) = lines.written
    assert line["event"] == "request"
    assert (line["method"], line["route"]) == ("DELETE", "/api/v1/auth/sessions/<uuid:sid>/")
    assert (line["status"], line["level"], line["ip"]) == (answer.status_code, "info", "127.0.0.1")
    assert line["sub"] == str(alice.pk)
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["duration_ms"] >= 0
    assert "secret" not in json.dumps(line)
    assert sid not in json.dumps(line)


def test_nobody_is_named_where_nobody_was_authenticated(api: ApiClient, alice: User, lines: Lines) -> None:
    api.log_in(alice.email)
    api.get("/api/v1/me/")
    api.token = ""

    api.get("/api/v1/me/")

    assert "sub" in lines.written[-2]
    assert "sub" not in lines.written[-1]


def test_request_id_stands_in_the_audit_log(api: ApiClient, alice: User) -> None:
    answer = api.post("/api/v1/auth/login/", {"email": alice.email, "password": PASSWORD})

    event = AuditEvent.objects.get(type="refresh_session.started")
    assert event.request_id == answer["X-Request-ID"]


def test_id_of_a_known_proxy_is_kept(client: Client, settings: Settings) -> None:
    settings.AUTHSITE_BELIEVES_REQUEST_ID = True

    assert client.get("/api/v1/", headers={"X-Request-ID": GIVEN})["X-Request-ID"] == GIVEN


@pytest.mark.parametrize("given", ["short", "x" * 65, 'a"b' * 5, "a\tb" * 5, "ñ" * 10, "-" * 20, ""])
def test_id_of_another_form_is_not_kept(client: Client, settings: Settings, given: str) -> None:
    settings.AUTHSITE_BELIEVES_REQUEST_ID = True

    answer = client.get("/api/v1/", headers={"X-Request-ID": given})

    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


def test_id_of_a_client_is_not_believed(client: Client) -> None:
    assert client.get("/api/v1/", headers={"X-Request-ID": GIVEN})["X-Request-ID"] != GIVEN


def test_failure_of_the_api_is_logged_once_and_found_by_its_id(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    def explode(_request: object) -> Never:
        raise RuntimeError(f"Authorization: Bearer {api.token}")

    api.log_in(alice.email)
    monkeypatch.setattr(me, "request_claims", explode)

    answer = api.get("/api/v1/user-data/")

    problem = read(answer, 500)
    (error,) = lines.of(level="error")
    assert problem["request_id"] == error["request_id"] == answer["X-Request-ID"]
    assert error["sub"] == str(alice.pk)
    assert "RuntimeError" in error["exception"]
    assert api.token not in json.dumps(error)
    assert len(lines.of(event="request", status=500, request_id=problem["request_id"])) == 1


@pytest.mark.urls(__name__)
def test_failure_outside_of_the_api_is_logged_once_without_its_path(client: Client, lines: Lines) -> None:
    client.raise_request_exception = False

    answer = client.get("/failure/a-token-in-the-path/?token=secret")

    (error,) = lines.of(level="error")
    assert error["request_id"] == answer["X-Request-ID"]
    assert "nobody handles this" in error["exception"]
    assert error["event"] == "Internal Server Error: /failure/<str:word>/"
    assert "a-token-in-the-path" not in json.dumps(lines.written)
    assert answer["X-Request-ID"] in answer.content.decode()


def test_absent_database_has_its_id_too(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    def locked(_request: object) -> Never:
        raise OperationalError("database is locked")

    api.log_in(alice.email)
    monkeypatch.setattr(me, "request_claims", locked)

    problem = read(api.get("/api/v1/user-data/"), 503)

    assert len(lines.of(level="error", request_id=problem["request_id"])) == 1


def test_what_has_no_route_is_said_without_its_path(client: Client, lines: Lines) -> None:
    client.get("/api/v1/nothing/eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl/")
    client.post("/admin/login/", {"password": PASSWORD})
    client.generic("BREW\N{COMBINING TILDE}", "/api/v1/")

    assert [line["route"] for line in lines.of(event="request")] == [None, "/admin/login/", "/api/v1/"]
    assert [line["method"] for line in lines.of(event="request")] == ["GET", "POST", "other"]
    assert "eyJ" not in json.dumps(lines.written)
