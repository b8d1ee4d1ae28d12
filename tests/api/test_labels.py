"""Names and labels over HTTP: one visible line, or 400 beside the field."""

import pytest

from accounts.models import User
from tests.api.client import ApiClient, read

V1 = "/api/v1"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


@pytest.mark.parametrize("text", [" \u00a0", "a\nb", "a\u202eb", "a\u2066b", "a\u0007b"])
@pytest.mark.parametrize("resource", ["users", "roles", "departments", "tenants", "audiences"])
def test_label_that_hides_or_poses_is_refused(admin: ApiClient, resource: str, text: str) -> None:
    field = "name" if resource == "users" else "label"
    body = {"email": "new@example.org"} if resource == "users" else {"code": "nuevo"}

    problem = read(admin.post(f"{V1}/{resource}/", body | {field: text}), 400)

    assert list(problem["error"]) == [field]
    created = read(admin.post(f"{V1}/{resource}/", body | {field: "Nuevo"}), 201)
    row = f"{V1}/{resource}/{created['id' if resource == 'users' else 'code']}/"
    assert list(read(admin.send("PATCH", row, {field: text}), 400)["error"]) == [field]


def test_own_name_is_refused_alike(admin: ApiClient) -> None:
    assert list(read(admin.send("PATCH", f"{V1}/me/", {"name": "\t"}), 400)["error"]) == ["name"]


def test_long_description_of_a_role_is_refused(admin: ApiClient) -> None:
    body = {"code": "nuevo", "label": "Nuevo", "description": "ñ" * 2001}

    assert list(read(admin.post(f"{V1}/roles/", body), 400)["error"]) == ["description"]
    assert read(admin.post(f"{V1}/roles/", body | {"description": "línea\n" * 300}), 201)
