"""No call shuts out whoever makes it, nor everybody; and moves tell each tenant its own side."""

from typing import Any

import pytest

from accounts.audiences.models import Audience
from accounts.models import Role, User
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

V1 = "/api/v1"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"is_active": False}, "is_active"),
        ({"roles": ["editor"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"tenant": "empresa_9"}, "tenant"),
    ],
)
def test_administrator_does_not_shut_themselves_out(
    admin: ApiClient, alice: User, body: dict[str, Any], field: str
) -> None:
    TenantFactory.create(code="empresa_9")
    before = read(admin.get(f"{V1}/users/{alice.id}/"))

    problem = read(admin.send("PATCH", f"{V1}/users/{alice.id}/", body), 400)

    assert list(problem["error"]) == [field]
    assert "pídalo a otro administrador" in problem["error"][field][0]
    assert read(admin.get(f"{V1}/users/{alice.id}/")) == before


def test_role_admin_is_not_retired(admin: ApiClient) -> None:
    problem = read(admin.post(f"{V1}/roles/admin/retire/", None), 400)

    assert "«admin»" in problem["error"]["non_field_errors"][0]
    assert Role.objects.get(code="admin").retired_at is None


def test_own_audience_keeps_its_budget(admin: ApiClient) -> None:
    body = {"max_token_bytes": 1023}

    problem = read(admin.send("PATCH", f"{V1}/audiences/api-mi-aplicacion/", body), 400)

    assert list(problem["error"]) == ["max_token_bytes"]
    assert Audience.objects.get().max_token_bytes == 2048


def test_account_with_special_permissions_is_not_taken_over_by_its_address(alice: User) -> None:
    UserFactory.create(email="carol@example.org", roles=["admin"])
    carol = ApiClient()
    carol.log_in("carol@example.org")

    problem = read(carol.send("PATCH", f"{V1}/users/{alice.id}/", {"email": "carol+a@example.org"}), 403)

    assert problem["code"] == "not_permitted"
    assert User.objects.get(pk=alice.pk).email == "alice@example.org"


def test_each_tenants_administrator_reads_that_a_person_left_or_came_and_no_foreign_code(
    admin: ApiClient,
) -> None:
    clients, departments = {}, {}
    for code in ("ours", "theirs"):
        tenant = TenantFactory.create(code=code)
        departments[code] = DepartmentFactory.create(code=f"ventas-{code}", tenant=tenant)
        UserFactory.create(email=f"boss@{code}.example", roles=["admin"], tenant=tenant)
        clients[code] = ApiClient()
        clients[code].log_in(f"boss@{code}.example")
    person = UserFactory.create(tenant=departments["ours"].tenant, department=departments["ours"])

    move = {"tenant": "theirs", "department": "ventas-theirs"}
    read(admin.send("PATCH", f"{V1}/users/{person.id}/", move))

    query = f"{V1}/audit-events/?type=user.changed&subject_id={person.id}"
    seen = {code: read(client.get(query))["results"] for code, client in clients.items()}
    assert [event["changes"] for event in seen["ours"]] == [
        {"tenant": ["ours", None], "department": ["ventas-ours", None]}
    ]
    assert [event["changes"] for event in seen["theirs"]] == [
        {"tenant": [None, "theirs"], "department": [None, "ventas-theirs"]}
    ]
    assert read(admin.get(query))["count"] == 2
