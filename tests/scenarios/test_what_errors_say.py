"""Each cause of a refusal, its row in docs/errors.md, and a client that does what the row says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.audiences.models import Audience, ContractClaim
from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.models import Role, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session
from accounts.services.tenants import retire_tenant
from accounts.services.users import change_user
from tests.accounts.journeys import SYSTEM, start_session
from tests.api.client import ApiClient
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory
from tests.house.source_files import ROOT
from tests.scenarios.following_client import V1, FollowingClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

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


def committed() -> None:
    """Commit, as far as a test can, and let the next second begin."""
    connection.check_constraints()
    live_log.forget()
    keyring.forget()


def now() -> Any:
    return timezone.now()


def other_device(ada: User) -> ApiClient:
    client = ApiClient()
    client.log_in(ada.email)
    return client


def move_back(app: FollowingClient, days: int) -> None:
    """Let ``days`` pass for the session."""
    past = now() - timedelta(days=days)
    RefreshSession.objects.filter(sid=app.kept["sid"]).update(
        idle_expires_at=past, expires_at=past, rotated_at=past
    )


def reuse(app: FollowingClient, _ada: User) -> None:
    first = app.kept["refresh"]
    app.kept |= app.client.post(f"{V1}/auth/refresh/", {"refresh": first}).json()  # type: ignore[attr-defined]
    app.kept["refresh"] = first
    RefreshSession.objects.update(rotated_at=now() - timedelta(hours=1))


def reused(app: FollowingClient, ada: User) -> None:
    reuse(app, ada)
    app.client.post(f"{V1}/auth/refresh/", {"refresh": app.kept["refresh"]})


def expired(app: FollowingClient, ada: User) -> None:
    yesterday = start_session(ada, now=now() - timedelta(days=1))
    app.kept["token"] = yesterday.access_token


def revoke_key(*_: object) -> None:
    SigningKey.objects.update(state=KeyState.REVOKED)


def of_another_audience(app: FollowingClient, ada: User) -> None:
    Audience.objects.create(code="reports", label="Reports")
    app.kept["token"] = start_session(ada, audience="reports", now=now()).access_token


def over_budget(*_: object) -> None:
    Audience.objects.update(max_token_bytes=512)
    Role.objects.bulk_create(Role(code=f"r{number}", label="R") for number in range(40))
    User.objects.get().roles.add(*Role.objects.all())


def give_admin_back(app: FollowingClient, ada: User) -> None:
    ada.roles.remove(Role.objects.get(code="admin"))
    committed()
    app.log_in()
    ada.roles.add(Role.objects.get(code="admin"))


def without_admin(app: FollowingClient, ada: User) -> None:
    ada.roles.remove(Role.objects.get(code="admin"))
    committed()
    app.log_in()
    ada.roles.add(RoleFactory.create(code="lector"))  # something is added, but not what is missing


def ended_by(reason: EndReason) -> Callable[[FollowingClient, User], object]:
    return lambda app, ada: end_refresh_session(
        user_id=ada.pk, sid=app.kept["sid"], reason=reason, actor=SYSTEM, now=now()
    )


def changed(**changes: Any) -> Callable[[FollowingClient, User], object]:
    return lambda _app, ada: change_user(user_id=ada.pk, actor=SYSTEM, now=now(), **changes)


def move_to_a_tenant(app: FollowingClient, ada: User) -> None:
    change_user(user_id=ada.pk, tenant=TenantFactory.create(), actor=SYSTEM, now=now())


def retire_her_tenant(app: FollowingClient, ada: User) -> None:
    User.objects.update(tenant=TenantFactory.create())
    committed()
    app.log_in()
    assert User.objects.get().tenant_id
    retire_tenant(tenant_id=User.objects.get().tenant_id or 0, actor=SYSTEM, now=now())


def change_password_elsewhere(_app: FollowingClient, ada: User) -> None:
    body = {"current_password": PASSWORD, "new_password": "staple battery horse correct"}
    assert other_device(ada).post(f"{V1}/auth/password/", body).status_code == 204


CAUSES: dict[str, Callable[[FollowingClient, User], object]] = {
    "a role was taken from the person": lambda _app, ada: ada.roles.remove(Role.objects.get(code="editor")),
    "a role that the person has was retired": lambda *_: Role.objects.filter(code="editor").update(
        retired_at=now()
    ),
    "the person left the department": changed(department=None),
    "the person was moved to a tenant": move_to_a_tenant,
    "special permissions were taken away": changed(special_permissions=False),
    "a claim was left out of the contract": lambda *_: ContractClaim.objects.filter(
        path="tenant_id"
    ).delete(),
    "the token has expired": expired,
    "the key that signed it was revoked": revoke_key,
    "the person logged out": lambda app, _ada: app.client.post(
        f"{V1}/auth/logout/", {"refresh": app.kept["refresh"]}
    ),
    "the person ended it from another device": lambda _app, ada: other_device(ada).send(
        "DELETE", f"{V1}/auth/sessions/"
    ),
    "an administrator ended it": ended_by(EndReason.ENDED_BY_ADMINISTRATOR),
    "the person changed the password elsewhere": change_password_elsewhere,
    "the account was deactivated": changed(is_active=False),
    "the tenant was retired": retire_her_tenant,
    "its refresh token had been used twice": reused,
    "the token is for another audience": of_another_audience,
    "a role is missing, and the person does not have it": without_admin,
    "a role is missing, and the person has it by now": give_admin_back,
    "the refresh token was used again": reuse,
    "the session was ended": ended_by(EndReason.ENDED_BY_SUBJECT),
    "the session is too old": lambda app, _ada: move_back(app, 1),
    "the refresh token was altered": lambda app, _ada: app.kept.update(
        refresh=app.kept["refresh"][:-1] + "!"
    ),
    "the token would be over the budget": over_budget,
}


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
    elsewhere = {"too many requests", "the database does not answer"}

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
