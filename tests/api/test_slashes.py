"""A path works without its final slash, and no body is lost."""

import pytest

from accounts.models import User
from tests.api.client import ApiClient, read


def test_post_without_the_slash_keeps_its_body(api: ApiClient, alice: User) -> None:
    body = {"email": "alice@example.org", "password": "correct horse battery staple"}

    assert read(api.post("/api/v1/auth/login", body))["user"]["id"] == str(alice.id)


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/user-data", "/api/v1/auth/sessions", "/api/v1"])
def test_get_without_the_slash_is_no_redirect(api: ApiClient, alice: User, path: str) -> None:
    api.log_in("alice@example.org")

    assert api.get(path).status_code == 200
