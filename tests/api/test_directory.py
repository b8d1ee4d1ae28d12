"""An administrator manages people, roles, departments, tenants and audiences through the API."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=bob", ["bob@example.org"]),
        ("role=admin", ["alice@example.org"]),
        ("department=finanzas&ordering=-email", ["bob@example.org", "alice@example.org"]),
        ("tenant=empresa_123", ["mallory@example.org"]),
        ("special_permissions=true", ["alice@example.org"]),
        ("is_active=false", []),
        ("page_size=1&page=2", ["bob@example.org"]),
    ],
)
def test_people_are_searched_filtered_and_ordered(
    admin: ApiClient, bob: User, mallory: User, query: str, found: list[str]
) -> None:
    assert [each["email"] for each in read(admin.get(f"{V1}/users/?{query}"))["results"]] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("departmant=finanzas", "departmant"),
        ("is_active=perhaps", "is_active"),
        ("ordering=password", "ordering"),
        (f"search={'%20'.join(['a'] * 1000)}", "search"),
        (f"search={','.join('abcdefghijk')}", "search"),
        (f"search={'a' * 201}", "search"),
        ("search=a%00b", "search"),
        ("page_size=0", "page_size"),
        ("page_size=ten", "page_size"),
    ],
)
def test_misspelt_parameter_is_an_error_and_not_the_whole_list(
    admin: ApiClient, query: str, field: str
) -> None:
    assert list(read(admin.get(f"{V1}/users/?{query}"), 400)["error"]) == [field]


def test_search_of_the_greatest_length_and_number_of_words_is_answered(admin: ApiClient) -> None:
    for search in ("a" * 200, " ".join(["alice"] * 10), '"alice example"'):
        page = read(admin.get(f"{V1}/users/?search={quote(search)}"))
        assert page["count"] == ("alice alice" in search)


def test_events_are_read_and_narrowed(admin: ApiClient, bob: User) -> None:
    read(admin.send("PATCH", f"{V1}/users/{bob.id}/", {"name": "Robert"}))

    page = read(admin.get(f"{V1}/audit-events/?subject_kind=user&subject_id={bob.id}"))

    (event,) = page["results"]
    assert event["type"] == "user.changed"
    assert event["actor"] == {
        "id": str(User.objects.get(email="alice@example.org").id),
        "label": "alice@example.org",
    }
    assert event["subject"] == {"kind": "user", "id": str(bob.id), "label": "bob@example.org"}
    assert event["changes"]["name"][1] == "Robert"
    assert read(admin.get(f"{V1}/audit-events/{event['id']}/")) == event
    assert admin.post(f"{V1}/audit-events/", {}).status_code == 405


def fill(resource: str, number: int) -> None:
    """Create rows with everything that a nested read could ask the database for."""
    tenant = TenantFactory.create()
    for _ in range(number):
        match resource:
            case "users":
                UserFactory.create(
                    roles=["editor", "lector"],
                    tenant=tenant,
                    department=DepartmentFactory.create(tenant=tenant),
                )
            case "departments":
                DepartmentFactory.create(parent=DepartmentFactory.create(tenant=tenant), tenant=tenant)
            case "roles":
                RoleFactory.create()
            case "tenants":
                TenantFactory.create()
            case "audiences":
                code = f"audience-{Audience.objects.count()}"
                made = Audience.objects.create(code=code, label=code)
                made.contract_claims.create(path="roles", source="roles")
            case _:
                AuditEvent.objects.create(
                    type="user.changed", at="2026-01-01T00:00:00Z", subject_kind="user", subject_id="x"
                )


@pytest.mark.parametrize(
    ("resource", "queries"),
    # The viewer, the count and the page; roles of people and claims of audiences are one more.
    [("users", 4), ("roles", 3), ("departments", 3), ("tenants", 3), ("audiences", 4), ("audit-events", 3)],
)
def test_list_costs_the_same_for_ten_and_for_two_hundred_rows(
    admin: ApiClient, django_assert_num_queries: DjangoAssertNumQueries, resource: str, queries: int
) -> None:
    for more, total in ((10, 10), (190, 200)):
        fill(resource, more)
        read(admin.get(f"{V1}/me/"))  # the key ring is read again after a second
        with django_assert_num_queries(queries):
            page = read(admin.get(f"{V1}/{resource}/?page_size=200"))
        assert len(page["results"]) >= total
