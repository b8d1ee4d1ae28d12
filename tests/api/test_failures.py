"""What fails inside is said without details, and logged."""

from typing import Never

import pytest
from django.db import OperationalError

from accounts.models import User
from api.views import me
from tests.api.client import ApiClient, read


def test_unexpected_error_is_logged_and_tells_nothing(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_request: object) -> Never:
        raise RuntimeError("the secret inside")

    api.log_in("alice@example.org")
    monkeypatch.setattr(me, "request_claims", explode)

    response = api.get("/api/v1/user-data/")

    assert read(response, 500)["error"] == "Error del servidor"
    assert b"secret" not in response.content
    assert "the secret inside" in caplog.text
    assert api.token not in caplog.text


def test_absent_database_says_wait(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(_request: object) -> Never:
        raise OperationalError("database is locked")

    api.log_in("alice@example.org")
    monkeypatch.setattr(me, "request_claims", locked)

    response = api.get("/api/v1/user-data/")

    problem = read(response, 503)
    assert (problem["code"], problem["action"], response["Retry-After"]) == ("unavailable", "wait", "1")
