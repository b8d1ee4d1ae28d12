"""The headers that tell browsers what they may do with an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

import pytest
from django.urls import path

from authsite import urls

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.test import Client
    from pytest_django.fixtures import Settings

CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ADDRESSES = (
    "/admin/login/",
    "/api/browser/login/",
    "/api/docs/",
    "/api/schema/",
    "/api/v1/me/",
    "/api/v1/nothing/",
    "/.well-known/jwks.json",
    "/static/admin/js/core.js",
    "/static/api/icon.svg",
    "/nothing/",
    "/",
    "/failure/",
)


def fail(_request: HttpRequest) -> Never:
    raise RuntimeError


# This module is the routes of a test.
urlpatterns = [path("failure/", fail), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_each_answer_has_every_header(client: Client, settings: Settings, address: str, accept: str) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    client.raise_request_exception = False

    answer = client.get(address, headers={"accept": accept}, secure=True)
    answer.close()
    headers = answer.headers

    policy = directives(headers["Content-Security-Policy"])
    assert directives(CLOSED).items() - policy.items() <= {("form-action", "'none'")}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    is_public = address.startswith("/.well-known/")
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if is_public else "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/api/v1/me/", "/api/schema/", "/.well-known/jwks.json", "/static/api/icon.svg"]
)
def test_what_is_no_page_may_do_nothing(client: Client, address: str) -> None:
    answer = client.get(address)
    answer.close()

    assert directives(answer.headers["Content-Security-Policy"]) == directives(CLOSED)


def test_a_page_gets_only_what_it_needs(client: Client) -> None:
    policy = directives(client.get("/api/docs/").headers["Content-Security-Policy"])

    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert (policy["img-src"], policy["form-action"]) == ("'self' data:", "'none'")


@pytest.mark.django_db
def test_cookies_are_bound_to_this_host_where_there_is_https(client: Client, settings: Settings) -> None:
    settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_NAME = True, "__Host-csrftoken"

    cookie = client.get("/admin/login/", secure=True).cookies["__Host-csrftoken"]

    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
