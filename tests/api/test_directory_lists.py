"""Lists of the directory: searched, filtered, ordered, and at the same price for ten rows as for 200."""

from urllib.parse import quote

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.audiences.models import AccessRule, Audience
from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

V1 = "/api/v1"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


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
                AccessRule.objects.create(audience=made, role=RoleFactory.create(code="editor"))
                AccessRule.objects.create(audience=made, tenant=TenantFactory.create())
            case _:
                AuditEvent.objects.create(
                    type="user.changed", at="2026-01-01T00:00:00Z", subject_kind="user", subject_id="x"
                )


@pytest.mark.parametrize(
    ("resource", "queries"),
    # The viewer, the count and the page; roles of people are one more; claims, rules and keys of audiences.
    [("users", 4), ("roles", 3), ("departments", 3), ("tenants", 3), ("audiences", 6), ("audit-events", 3)],
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
