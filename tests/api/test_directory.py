"""An administrator manages people, roles, departments, tenants and audiences through the API."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory

V1 = "/api/v1"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


def events(of: str) -> list[str]:
    return list(AuditEvent.objects.filter(type__startswith=of).order_by("id").values_list("type", flat=True))


def test_person_is_created_with_roles_department_and_tenant(admin: ApiClient) -> None:
    tenant = TenantFactory.create(code="empresa_123")
    DepartmentFactory.create(code="ventas", tenant=tenant)
    body = {
        "email": "New@Example.org",
        "name": "Nadia Nueva",
        "roles": ["editor"],
        "department": "ventas",
        "tenant": "empresa_123",
        "special_permissions": True,
        "locale": "en",
        "ui_preferences": {"theme": "dark"},
    }

    created = read(admin.post(f"{V1}/users/", body), 201)

    user = User.objects.get(pk=created["id"])
    assert created == body | {
        "id": str(user.id),
        "email": "new@example.org",
        "is_active": True,
        "is_staff": False,
        "is_superuser": False,
        "created_at": created["created_at"],
    }
    assert not user.has_usable_password()
    assert events("user.") == ["user.created"]
    assert read(admin.get(f"{V1}/users/{user.id}/")) == created


def test_person_is_changed_with_one_event(admin: ApiClient, bob: User) -> None:
    RoleFactory.create(code="lector")

    changed = read(admin.send("PATCH", f"{V1}/users/{bob.id}/", {"roles": ["lector"], "department": None}))

    assert (changed["roles"], changed["department"]) == (["lector"], None)
    assert events("user.") == ["user.changed"]
    assert events("role.") == ["role.assigned", "role.unassigned"]


def test_retired_role_that_is_held_is_not_taken_away_by_a_list_without_it(
    admin: ApiClient, bob: User
) -> None:
    bob.roles.add(RoleFactory.create(code="old", retired_at="2026-01-01T00:00:00Z"))

    assert read(admin.send("PATCH", f"{V1}/users/{bob.id}/", {"roles": ["admin"]}))["roles"] == ["admin"]

    assert set(bob.roles.values_list("code", flat=True)) == {"admin", "old"}


def test_person_is_deleted_and_the_events_stay(admin: ApiClient, bob: User) -> None:
    assert admin.send("DELETE", f"{V1}/users/{bob.id}/").status_code == 204

    assert not User.objects.filter(pk=bob.pk).exists()
    assert events("user.") == ["user.deleted"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"roles": ["nobody"]}, "roles"),
        ({"roles": "admin"}, "roles"),
        ({"roles": [1]}, "roles"),
        ({"department": "nowhere"}, "department"),
        ({"department": 5}, "department"),
        ({"department": ""}, "department"),
        ({"tenant": ""}, "tenant"),
        ({"roles": [""]}, "roles"),
        ({"is_active": "yes"}, "is_active"),
        ({"email": "alice@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"name": 5}, "name"),
        ({"ui_preferences": []}, "ui_preferences"),
        ({"locale": "fr"}, "locale"),
        ({"password": "x"}, "password"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "id"),
    ],
)
def test_wrong_change_names_its_field_and_writes_nothing(
    admin: ApiClient, bob: User, body: dict[str, Any], field: str
) -> None:
    before = read(admin.get(f"{V1}/users/{bob.id}/"))

    problem = read(admin.send("PATCH", f"{V1}/users/{bob.id}/", body), 400)

    assert list(problem["error"]) == [field]
    assert read(admin.get(f"{V1}/users/{bob.id}/")) == before
    assert events("user.") == []


@pytest.mark.parametrize("field", ["parent", "tenant"])
def test_empty_code_of_a_department_is_refused(admin: ApiClient, field: str) -> None:
    body = {"code": "b", "label": "B", field: ""}

    assert list(read(admin.post(f"{V1}/departments/", body), 400)["error"]) == [field]


@pytest.mark.parametrize("resource", ["roles", "departments", "tenants", "audiences"])
def test_row_is_created_changed_retired_and_restored(admin: ApiClient, resource: str) -> None:
    path, one = f"{V1}/{resource}/", f"{V1}/{resource}/nuevo.1/"

    created = read(admin.post(path, {"code": "nuevo.1", "label": "Nuevo"}), 201)
    assert (created["code"], created["retired_at"]) == ("nuevo.1", None)
    assert read(admin.send("PATCH", one, {"label": "Otro"}))["label"] == "Otro"
    assert read(admin.post(f"{one}retire/", None))["retired_at"]
    assert read(admin.get(f"{path}?retired=true"))["count"] == 1
    assert read(admin.post(f"{one}restore/", None))["retired_at"] is None

    kind = resource.removesuffix("s")
    assert events(f"{kind}.") == [f"{kind}.{verb}" for verb in ("created", "changed", "retired", "restored")]


@pytest.mark.parametrize("button", ["retire", "restore"])
@pytest.mark.parametrize("resource", ["roles", "departments", "tenants", "audiences"])
def test_retiring_and_restoring_take_no_body(admin: ApiClient, resource: str, button: str) -> None:
    path, one = f"{V1}/{resource}/", f"{V1}/{resource}/nuevo/"
    read(admin.post(path, {"code": "nuevo", "label": "Nuevo"}), 201)
    if button == "restore":
        read(admin.post(f"{one}retire/", {}))
    before = read(admin.get(one))

    written = {"retired_at": "2027-01-01T00:00:00Z"}
    assert list(read(admin.post(f"{one}{button}/", written), 400)["error"]) == ["retired_at"]
    for body in ([1], "now", b"null", b"{", 7):
        read(admin.post(f"{one}{button}/", body), 400)

    assert read(admin.get(one)) == before


@pytest.mark.parametrize("resource", ["roles", "departments", "tenants", "audiences"])
def test_code_is_written_once(admin: ApiClient, resource: str) -> None:
    path = f"{V1}/{resource}/"
    read(admin.post(path, {"code": "nuevo", "label": "Nuevo"}), 201)

    assert list(read(admin.post(path, {"code": "nuevo", "label": "X"}), 400)["error"]) == ["code"]
    assert list(read(admin.post(path, {"code": "No Code", "label": "X"}), 400)["error"]) == ["code"]
    assert list(read(admin.send("PATCH", f"{path}nuevo/", {"code": "b"}), 400)["error"]) == ["code"]
    assert admin.send("PUT", f"{path}nuevo/", {"code": "nuevo", "label": "X"}).status_code == 405


def test_whoever_lost_the_role_writes_nothing_with_an_older_token(
    admin: ApiClient, alice: User, keep_log: Callable[[], None]
) -> None:
    keep_log()
    alice.roles.clear()

    problem = read(admin.post(f"{V1}/roles/", {"code": "mine", "label": "Mine"}), 403)

    assert (problem["code"], problem["error"]) == ("not_permitted", "Acceso no autorizado")
    assert "admin" in problem["detail"]
    assert not Role.objects.filter(code="mine").exists()


def test_deactivated_administrator_sees_nothing_with_an_older_token(
    admin: ApiClient, alice: User, keep_log: Callable[[], None]
) -> None:
    keep_log()
    User.objects.filter(pk=alice.pk).update(is_active=False)

    for resource in ("users", "roles", "audiences"):
        assert read(admin.get(f"{V1}/{resource}/"), 401)["code"] == "session_ended"


def test_everybody_reads_themselves_and_nobody_else(api: ApiClient, alice: User, bob: User) -> None:
    api.log_in("bob@example.org")

    assert read(api.get(f"{V1}/users/{bob.id}/"))["email"] == "bob@example.org"
    assert read(api.get(f"{V1}/users/{alice.id}/"), 403)["code"] == "access_denied"
    assert api.get(f"{V1}/users/").status_code == 403
