"""A person changes their password."""

import pytest

from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

PATH = "/api/v1/auth/password/"
NEW = "  another long passphrase  "


def test_change_ends_other_sessions_and_keeps_this_one(api: ApiClient, alice: User) -> None:
    ApiClient().log_in("alice@example.org")
    mine = api.log_in("alice@example.org")

    response = api.post(PATH, {"current_password": PASSWORD, "new_password": NEW})

    assert response.status_code == 204
    live = RefreshSession.objects.filter(ended_at__isnull=True)
    assert [str(session.sid) for session in live] == [mine["sid"]]


def test_new_password_is_kept_exactly_as_typed(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    api.post(PATH, {"current_password": PASSWORD, "new_password": NEW})

    def status(password: str) -> int:
        body = {"email": "alice@example.org", "password": password}
        return ApiClient().post("/api/v1/auth/login/", body).status_code

    assert (status(NEW), status(NEW.strip()), status(PASSWORD)) == (200, 401, 401)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"current_password": "wrong", "new_password": NEW}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 129}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "alice@example.org"}, "new_password"),
        ({"new_password": NEW}, "current_password"),
    ],
)
def test_refusal_names_the_field_and_changes_nothing(
    api: ApiClient, alice: User, body: dict[str, str], field: str
) -> None:
    api.log_in("alice@example.org")

    assert list(read(api.post(PATH, body), 400)["error"]) == [field]

    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
