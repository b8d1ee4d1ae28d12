"""Logging in to an audience that is not open to everybody, and being shut out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audiences.services import change_audience, create_audience
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD, RoleFactory, UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from accounts.audiences.models import Audience

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login/"
REFRESH = "/api/v1/auth/refresh/"
ADA = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def reports() -> Audience:
    """Return an audience for editors, and let there be Ada, who reads only."""
    UserFactory.create(email="ada@example.org", roles=["lector"])
    return create_audience(
        code="reports",
        label="Reports",
        open_to_roles=[RoleFactory.create(code="editor")],
        actor=SYSTEM,
        now=timezone.now(),
    )


def test_login_is_refused_with_a_word_why(api: ApiClient, reports: Audience) -> None:
    problem = read(api.post(LOGIN, ADA | {"audience": "reports"}), 403)

    assert (problem["code"], problem["action"]) == ("audience_closed", "give_up")
    assert problem["error"] == "Acceso no autorizado"
    assert "administra" in problem["detail"]


def test_a_wrong_password_learns_nothing_of_it(api: ApiClient, reports: Audience) -> None:
    problem = read(api.post(LOGIN, ADA | {"password": "wrong", "audience": "reports"}), 401)

    assert problem["code"] == "invalid_credentials"


def test_the_same_person_logs_in_to_what_is_open(api: ApiClient, reports: Audience) -> None:
    assert read(api.post(LOGIN, ADA))["token"]


def test_a_session_of_another_audience_gets_no_token_for_it(api: ApiClient, reports: Audience) -> None:
    kept = api.log_in("ada@example.org")

    refused = read(api.post(REFRESH, {"refresh": kept["refresh"], "audience": "reports"}), 403)

    assert refused["code"] == "audience_closed"
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}))["token"]


def test_whoever_is_shut_out_comes_back_with_the_same_refresh_token(
    api: ApiClient, reports: Audience
) -> None:
    ada: dict[str, Any] = {"audience_id": reports.pk, "actor": SYSTEM, "now": timezone.now()}
    change_audience(open_to_roles=[], **ada)
    kept = read(api.post(LOGIN, ADA | {"audience": "reports"}))
    change_audience(open_to_roles=[RoleFactory.create(code="editor")], **ada)
    committed()

    token = {"Authorization": f"Bearer {kept['token']}"}
    assert read(api.get("/api/v1/auth/token/", **token), 401)["code"] == "token_stale"
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}), 403)["code"] == "audience_closed"
    change_audience(open_to_roles=[RoleFactory.create(code="lector")], **ada)
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}))["token"]


def test_the_conventional_endpoints_say_the_same(api: ApiClient, reports: Audience) -> None:
    own: Any = type(reports).objects.get(code="api-mi-aplicacion")
    editors = [RoleFactory.create(code="editor")]
    change_audience(audience_id=own.pk, open_to_roles=editors, actor=SYSTEM, now=timezone.now())

    problem = read(api.post("/api/token/", ADA), 403)

    assert problem["code"] == "audience_closed"
    assert problem["detail"]


def test_a_browser_session_is_shut_out_as_well(reports: Audience) -> None:
    own: Any = type(reports).objects.get(code="api-mi-aplicacion")
    editors = [RoleFactory.create(code="editor")]
    change_audience(audience_id=own.pk, open_to_roles=editors, actor=SYSTEM, now=timezone.now())
    browser = ApiClient()
    browser.http.force_login(UserFactory.create())

    assert read(browser.get("/api/v1/me/"), 403)["code"] == "audience_closed"


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/users/", "/api/v1/auth/token/"])
def test_a_browser_shows_the_refusal_as_a_page(reports: Audience, path: str) -> None:
    own: Any = type(reports).objects.get(code="api-mi-aplicacion")
    editors = [RoleFactory.create(code="editor")]
    change_audience(audience_id=own.pk, open_to_roles=editors, actor=SYSTEM, now=timezone.now())
    browser = Client()
    browser.force_login(UserFactory.create())

    page = browser.get(path, headers={"accept": "text/html"})

    assert (page.status_code, page["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "audience_closed" in page.content.decode()
    assert browser.get("/api/browser/login/").wsgi_request.user.is_authenticated
