"""Each cause of a refusal, its row in docs/errors.md, and a client that does what the row says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection

from accounts.audiences.models import Audience
from accounts.refresh_sessions.models import EndReason, RefreshSession
from tests.api.client import ApiClient
from tests.factories import DepartmentFactory, UserFactory
from tests.house.source_files import ROOT
from tests.scenarios.causes import CAUSES, committed, ended_by
from tests.scenarios.following_client import V1, FollowingClient

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User

pytestmark = pytest.mark.django_db

_PAGE = (ROOT / "docs/errors.md").read_text("utf-8").partition("## Causes")[2]
#: What happened → the request, the status, the code and the action that the page promises.
ROWS: dict[str, tuple[str, int, str, str]] = {
    cause.strip(): (asked, int(status), code, action)
    for cause, asked, status, code, action in re.findall(
        r"^\| ([^|]+) \| `([^`]+)` \| (\d+) \| `(\w+)` \| `?(\w*)`? \|$", _PAGE, flags=re.MULTILINE
    )
}


@pytest.fixture
def ada() -> User:
    return UserFactory.create(
        email="ada@example.org",
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
        special_permissions=True,
    )


@pytest.fixture
def app(ada: User) -> FollowingClient:
    """Return Ada's app, logged in."""
    app = FollowingClient("ada@example.org")
    app.log_in()
    return app


def ask(app: FollowingClient, request: str) -> HttpResponse:
    method, path = request.split(" ")
    body = {"refresh": app.kept["refresh"]} if path.endswith("refresh/") else None
    app.client.token = "" if body else app.kept["token"]
    return app.client.send(method, path, body)


@pytest.mark.parametrize("cause", CAUSES)
def test_cause_is_answered_as_its_row_says(app: FollowingClient, ada: User, cause: str) -> None:
    request, status, code, action = ROWS[cause]
    CAUSES[cause](app, ada)
    committed()

    response = ask(app, request)

    problem = response.json()  # type: ignore[attr-defined] # Django's test client adds it
    assert (response.status_code, problem["code"], problem.get("action", "")) == (status, code, action)
    assert ("Retry-After" in response) == (action == "wait")
    if status == 401:
        assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("cause", CAUSES)
def test_client_that_does_what_the_row_says_never_loops(app: FollowingClient, ada: User, cause: str) -> None:
    CAUSES[cause](app, ada)
    committed()
    app.sent.clear()

    status, answer = app.ask("GET", f"{V1}/user-data/")
    asked = len(app.sent)
    again, _answer = app.ask("GET", f"{V1}/user-data/")

    assert asked <= 3  # the request, a refresh, the request
    assert len(app.sent) - asked <= asked
    assert again == status or answer.get("action") == "wait" or not app.kept
    if status == 200:
        assert len(app.sent) - asked == 1


def test_each_row_has_its_cause_here() -> None:
    elsewhere = {"too many logins have failed", "too many requests", "the database does not answer"}

    assert ROWS.keys() == CAUSES.keys() | elsewhere


def test_database_that_does_not_answer(app: FollowingClient) -> None:
    request, status, code, action = ROWS["the database does not answer"]

    def refuse(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        response = ask(app, request)

    problem = response.json()  # type: ignore[attr-defined] # as above
    assert (response.status_code, problem["code"], problem["action"]) == (status, code, action)
    assert response["Retry-After"] == "1"


def test_too_many_failed_logins(ada: User) -> None:
    request, status, code, action = ROWS["too many logins have failed"]
    client, path = ApiClient(), request.removeprefix("POST ")
    for _guess in range(10):
        client.post(path, {"email": ada.email, "password": "wrong"})

    response = client.post(path, {"email": ada.email, "password": "wrong"})

    problem = response.json()  # type: ignore[attr-defined] # as above
    assert (response.status_code, problem["code"], problem["action"]) == (status, code, action)
    assert 0 < int(response["Retry-After"]) <= 15 * 60


@pytest.mark.urls("tests.scenarios.throttled")
def test_too_many_requests() -> None:
    _request, status, code, action = ROWS["too many requests"]
    client = ApiClient()
    client.get("/throttled/")

    response = client.get("/throttled/")

    problem = response.json()  # type: ignore[attr-defined] # as above
    assert (response.status_code, problem["code"], problem["action"]) == (status, code, action)
    assert 0 < int(response["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        (EndReason.ENDED_BY_ADMINISTRATOR, "Terminada por un administrador."),
        (EndReason.PASSWORD_CHANGED, "Se cambió la contraseña."),
    ],
)
def test_refusal_of_a_refresh_says_why_the_session_ended(
    app: FollowingClient, ada: User, reason: EndReason, detail: str
) -> None:
    ended_by(reason)(app, ada)

    assert ask(app, f"POST {V1}/auth/refresh/").json()["detail"] == detail  # type: ignore[attr-defined]


def test_logging_out_needs_no_fresh_token(app: FollowingClient, ada: User) -> None:
    ada.roles.clear()
    committed()
    app.client.token = app.kept["token"]

    for _ in range(2):
        assert app.client.post(f"{V1}/auth/logout/", {}).status_code == 204
        committed()

    assert RefreshSession.objects.filter(ended_at__isnull=True).count() == 0


def test_claim_that_the_contract_says_since_a_moment_ago_is_a_refresh_and_no_error(
    app: FollowingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    own.contract_claims.filter(path="user_roles").update(path="was_user_roles")
    committed()
    app.log_in()  # a token without the claim that the view reads
    own.contract_claims.create(path="user_roles", source="roles", position=9)
    committed()
    app.client.token = app.kept["token"]

    problem = app.client.get(f"{V1}/user-data/").json()  # type: ignore[attr-defined]
    assert (problem["code"], problem["action"]) == ("token_stale", "refresh")

    assert app.ask("GET", f"{V1}/user-data/")[0] == 200
