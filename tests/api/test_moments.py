"""Moments in an address: any offset is understood, none is an error of the server."""

import pytest

from accounts.models import User
from tests.api.client import ApiClient, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


@pytest.mark.parametrize(
    ("since", "listed"),
    [
        ("0727-09-13T04:14:45.483637%2B17:32", True),
        ("2024-02-29T12:00:00Z", True),
        ("9999-01-01T00:00:00Z", False),
    ],
)
def test_moment_of_any_offset_filters(admin: ApiClient, since: str, *, listed: bool) -> None:
    page = read(admin.get(f"/api/v1/audit-events/?since={since}"))

    assert bool(page["results"]) is listed


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "yesterday"])
def test_moment_that_is_none_is_refused_beside_its_name(admin: ApiClient, name: str, moment: str) -> None:
    problem = read(admin.get(f"/api/v1/audit-events/?{name}={moment}"), 400)

    assert problem["code"] == "invalid_request"
    assert list(problem["error"]) == [name]
