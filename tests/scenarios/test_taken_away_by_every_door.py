"""A person's app is refused within the next second, whichever door the change came through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.models import Audience
from accounts.models import Department, Role, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import act_on, page_url, save, signed_in, superuser
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, UserFactory
from tests.scenarios.causes import committed
from tests.scenarios.following_client import V1, FollowingClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def app() -> FollowingClient:
    """Return the app of Ada, who has all that can be taken away."""
    UserFactory.create(
        email="ada@example.org",
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
        special_permissions=True,
    )
    app = FollowingClient("ada@example.org")
    app.log_in()
    return app


@pytest.fixture
def boss() -> Client:
    """Return the browser of an administrator."""
    return signed_in(superuser(email="boss@example.org"))


def role(code: str) -> Role:
    return RoleFactory.create(code=code)


def ada() -> User:
    person: User = User.objects.get(email="ada@example.org")
    return person


ADMIN_DOORS: dict[str, tuple[Callable[[Client], object], str]] = {
    "form: roles": (lambda boss: save(boss, page_url(ada()), roles=[role("admin").pk]), "token_stale"),
    "form: department": (lambda boss: save(boss, page_url(ada()), "department"), "token_stale"),
    "form: special permissions": (
        lambda boss: save(boss, page_url(ada()), "special_permissions"),
        "token_stale",
    ),
    "form: deactivation": (lambda boss: save(boss, page_url(ada()), "is_active"), "session_ended"),
    "bulk: role": (
        lambda boss: act_on(boss, [ada()], "unassign_role", role=role("editor").pk),
        "token_stale",
    ),
    "bulk: department": (
        lambda boss: act_on(
            boss, [ada()], "move_to_department", department=DepartmentFactory.create(code="other").pk
        ),
        "token_stale",
    ),
    "bulk: deactivation": (lambda boss: act_on(boss, [ada()], "deactivate"), "session_ended"),
    "bulk: sessions": (lambda boss: act_on(boss, [ada()], "end_sessions"), "session_ended"),
    "list: role retired": (lambda boss: act_on(boss, [role("editor")], "retire_selected"), "token_stale"),
    "list: department retired": (
        lambda boss: act_on(boss, [Department.objects.get(code="finanzas")], "retire_selected"),
        "token_stale",
    ),
    "list: session": (
        lambda boss: act_on(boss, RefreshSession.objects.filter(user=ada()), "end_selected"),
        "session_ended",
    ),
    "deletion": (lambda boss: boss.post(page_url(ada(), "delete"), {"post": "yes"}), "session_ended"),
}


@pytest.mark.parametrize("door", ADMIN_DOORS)
def test_by_the_admin(app: FollowingClient, boss: Client, door: str) -> None:
    change, code = ADMIN_DOORS[door]
    app.client.token = app.kept["token"]
    read(app.client.get(f"{V1}/auth/token/"))

    change(boss)
    committed()

    # A deleted person's own sessions are deleted with them, so that either may be found first.
    codes = {code, "token_stale"} if door == "deletion" else {code}
    assert read(app.client.get(f"{V1}/auth/token/"), 401)["code"] in codes


API_DOORS: dict[str, tuple[str, str, dict[str, object] | None]] = {
    "roles": ("PATCH", "users/{id}/", {"roles": ["admin"]}),
    "department": ("PATCH", "users/{id}/", {"department": None}),
    "special permissions": ("PATCH", "users/{id}/", {"special_permissions": False}),
    "deactivation": ("PATCH", "users/{id}/", {"is_active": False}),
    "deletion": ("DELETE", "users/{id}/", None),
    "role retired": ("POST", "roles/editor/retire/", None),
    "department retired": ("POST", "departments/finanzas/retire/", None),
}


@pytest.mark.parametrize("door", API_DOORS)
def test_by_the_api(app: FollowingClient, door: str) -> None:
    superuser(email="boss@example.org", roles=["admin"], special_permissions=True)
    boss = ApiClient()
    boss.log_in("boss@example.org")
    method, path, body = API_DOORS[door]
    app.client.token = app.kept["token"]
    read(app.client.get(f"{V1}/auth/token/"))

    answer = boss.send(method, f"{V1}/{path.format(id=ada().pk)}", body)
    committed()

    assert answer.status_code in {200, 204}, answer.content
    problem = read(app.client.get(f"{V1}/auth/token/"), 401)
    assert problem["code"] in {"token_stale", "session_ended"}
    assert read(boss.get(f"{V1}/auth/token/"))["claims"]["user_roles"] == ["admin"]


def test_by_a_contract_in_the_api(app: FollowingClient) -> None:
    superuser(email="boss@example.org", roles=["admin"], special_permissions=True)
    reports = Audience.objects.create(code="reports", label="Reports")
    for path, source in (("groups", "roles"), ("lang", "locale")):
        reports.contract_claims.create(path=path, source=source)
    committed()
    boss, reader = ApiClient(), ApiClient()
    boss.log_in("boss@example.org")
    reader.log_in("ada@example.org", audience="reports")
    committed()
    # The token of another audience is good, but not for this address.
    assert read(reader.get(f"{V1}/auth/token/"), 403)["code"] == "wrong_audience"

    rows = [{"path": "groups", "source": "roles", "required": True}]
    read(boss.send("PATCH", f"{V1}/audiences/reports/", {"claims": rows}))
    committed()

    assert read(reader.get(f"{V1}/auth/token/"), 401)["code"] == "token_stale"
    app.client.token = app.kept["token"]
    assert read(app.client.get(f"{V1}/auth/token/"))


def test_what_is_given_refuses_nobody(app: FollowingClient, boss: Client) -> None:
    act_on(boss, [ada()], "assign_role", role=role("lector").pk)
    save(boss, page_url(ada()), name="Ada L.")
    Role.objects.create(code="old", label="Old", retired_at=timezone.now())
    act_on(boss, [Role.objects.get(code="old")], "restore_selected")
    committed()
    app.client.token = app.kept["token"]

    assert read(app.client.get(f"{V1}/auth/token/"))["claims"]["user_roles"] == ["admin", "editor"]
