"""Somebody is given 500 roles: no token is cut, nobody is logged out, and everybody is told what to do."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.audiences.models import MAX_TOKEN_BYTES, Audience
from accounts.models import Role, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import page_url, signed_in, superuser
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD, RoleFactory, UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.log_lines import Lines

pytestmark = pytest.mark.django_db

ROLES = [f"role-{number:03}" for number in range(500)]
V1 = "/api/v1/auth"
#: Every way to a token: path, and the member that the conventional endpoints call a refresh token.
WITH_PASSWORD = (f"{V1}/login/", "/api/token/")
WITH_REFRESH_TOKEN = (f"{V1}/refresh/", "/api/token/refresh/")


@pytest.fixture
def ada() -> User:
    return UserFactory.create(email="ada@example.org", roles=["editor"])


@pytest.fixture
def app(ada: User) -> ApiClient:
    """Return her app."""
    return ApiClient()


def give_500_roles(ada: User) -> None:
    Role.objects.bulk_create(Role(code=code, label="Role") for code in ROLES)
    ada.roles.add(*Role.objects.all())
    committed()


def asked(app: ApiClient, path: str, refresh: str) -> HttpResponse:
    app.token = ""
    password = {"email": "ada@example.org", "password": PASSWORD}
    return app.post(path, {"refresh": refresh} if path in WITH_REFRESH_TOKEN else password)


def roles_in(token: str) -> list[str]:
    payload = token.split(".")[1]
    roles: list[str] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["user_roles"]
    return roles


def session_row() -> dict[str, Any]:
    return dict(RefreshSession.objects.values().get())


@pytest.mark.parametrize("path", WITH_PASSWORD + WITH_REFRESH_TOKEN)
def test_every_way_to_a_token_is_answered_as_documented(app: ApiClient, ada: User, path: str) -> None:
    refresh = app.log_in(ada.email)["refresh"]
    give_500_roles(ada)

    response = asked(app, path, refresh)

    problem = read(response, 500)
    assert response["Content-Type"] == "application/problem+json"
    assert (response["Retry-After"], response["Cache-Control"]) == ("60", "no-store")
    assert (problem["code"], problem["action"]) == ("token_unissuable", "wait")
    assert problem["type"] == "urn:authsite:problem:token_unissuable"
    assert (problem["status"], problem["error"]) == (500, "Error del servidor")
    assert not {"token", "access", "refresh"} & problem.keys()
    assert "role-" not in response.content.decode()  # a stranger learns nothing of the claims


def test_session_does_not_advance_however_often_it_is_tried(app: ApiClient, ada: User) -> None:
    refresh = app.log_in(ada.email)["refresh"]
    give_500_roles(ada)
    before = session_row()

    for path in WITH_REFRESH_TOKEN * 3:
        read(asked(app, path, refresh), 500)

    assert session_row() == before
    assert (before["generation"], before["ended_at"]) == (1, None)


@pytest.mark.parametrize("path", WITH_PASSWORD)
def test_login_that_gets_no_token_leaves_no_session(app: ApiClient, ada: User, path: str) -> None:
    give_500_roles(ada)

    read(asked(app, path, ""), 500)

    assert not RefreshSession.objects.exists()


def take_roles_away(ada: User) -> None:
    ada.roles.set(Role.objects.filter(code__in=["editor", *ROLES[:20]]))


def raise_the_budget(ada: User) -> None:
    Audience.objects.update(max_token_bytes=MAX_TOKEN_BYTES)


@pytest.mark.parametrize("mend", [take_roles_away, raise_the_budget])
def test_same_refresh_token_works_once_it_is_mended(app: ApiClient, ada: User, mend: Any) -> None:
    refresh = app.log_in(ada.email)["refresh"]
    give_500_roles(ada)
    read(asked(app, f"{V1}/refresh/", refresh), 500)

    mend(ada)
    committed()
    first, again = (read(asked(app, f"{V1}/refresh/", refresh)) for _time in range(2))

    assert (
        first["refresh"] == again["refresh"]
    )  # the one successor, byte for byte, also where an answer is lost
    assert session_row()["generation"] == 2
    assert roles_in(first["token"]) == sorted(ada.role_codes())
    assert len(first["token"]) <= Audience.objects.get().max_token_bytes
    app.token = first["token"]
    assert app.get("/api/v1/me/").status_code == 200


def test_500_roles_are_said_in_full_where_the_budget_allows_it(app: ApiClient, ada: User) -> None:
    Audience.objects.update(max_token_bytes=MAX_TOKEN_BYTES)
    give_500_roles(ada)

    assert roles_in(read(asked(app, f"{V1}/login/", ""))["token"]) == ["editor", *ROLES]


def test_log_names_person_bytes_largest_claims_and_what_to_do(
    app: ApiClient, ada: User, lines: Lines
) -> None:
    refresh = app.log_in(ada.email)["refresh"]
    give_500_roles(ada)

    response = asked(app, f"{V1}/refresh/", refresh)

    (line,) = lines.of(level="error")
    said = (
        f"user_roles {len(json.dumps({'user_roles': ['editor', *ROLES]}, separators=(',', ':'))) - 1} bytes"
    )
    for told in (str(ada.pk), said, "budget of 2048", "api-mi-aplicacion", "Raise the audience's budget"):
        assert told in line["event"]
    assert line["request_id"] == read(response, 500)["request_id"]


def test_admin_lists_the_person_and_says_what_to_do(app: ApiClient, ada: User) -> None:
    refresh = app.log_in(ada.email)["refresh"]
    give_500_roles(ada)
    read(asked(app, f"{V1}/refresh/", refresh), 500)
    boss = signed_in(superuser())
    english = {"Accept-Language": "en"}

    listed = boss.get("/admin/near-budget/", headers=english).content.decode()
    assert page_url(ada) in listed
    assert "gets no token" in listed
    assert "What to do" in listed
    person = boss.get(page_url(ada), headers=english).content.decode()
    assert "over the budget of 2048" in person
    assert "shorten what this person carries" in person


@given(
    codes=st.sets(st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,30}", fullmatch=True), max_size=12),
    room=st.integers(-6, 6),
)
@example(codes=set(), room=0)
@example(codes={"editor"}, room=-1)
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_token_is_issued_where_it_fits_and_then_says_every_role(
    app: ApiClient, ada: User, codes: set[str], room: int
) -> None:
    ada.roles.set([RoleFactory.create(code=code) for code in codes])
    Audience.objects.update(max_token_bytes=MAX_TOKEN_BYTES)
    size = len(read(asked(app, f"{V1}/login/", ""))["token"])
    budget = max(512, size + room)
    Audience.objects.update(max_token_bytes=budget)

    response = asked(app, f"{V1}/login/", "")

    assert response.status_code == (200 if size <= budget else 500)
    if response.status_code == 200:
        token = read(response)["token"]
        assert len(token) <= budget
        assert roles_in(token) == sorted(codes)
