"""A person logs out."""

from accounts.audiences.models import Audience
from accounts.models import User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from tests.api.client import ApiClient, read

LOGOUT = "/api/v1/auth/logout/"
REFRESH = "/api/v1/auth/refresh/"


def test_logout_by_refresh_token_ends_the_session_and_is_idempotent(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")
    api.token = ""

    for _ in range(2):
        assert api.post(LOGOUT, {"refresh": login["refresh"]}).status_code == 204

    assert RefreshSession.objects.get().end_reason == EndReason.LOGOUT
    assert read(api.post(REFRESH, {"refresh": login["refresh"]}), 401)["code"] == "session_ended"


def test_logout_by_bearer_token_of_any_audience(api: ApiClient, alice: User) -> None:
    Audience.objects.create(code="reports", label="Reports")
    api.log_in("alice@example.org", audience="reports")

    for _ in range(2):
        assert api.post(LOGOUT, None).status_code == 204

    assert RefreshSession.objects.get().ended_at is not None


def test_logout_of_a_deleted_account_is_no_error(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")
    alice.delete()

    assert api.post(LOGOUT, {}).status_code == 204
    assert api.post(LOGOUT, {"refresh": login["refresh"]}).status_code == 204


def test_expired_bearer_beside_a_refresh_token_does_not_hinder(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    response = api.post(LOGOUT, {"refresh": login["refresh"]}, Authorization="Bearer long.gone.token")

    assert response.status_code == 204
    assert RefreshSession.objects.get().ended_at is not None


def test_altered_refresh_token_ends_nothing(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    assert api.post(LOGOUT, {"refresh": login["refresh"][:-2] + "zz"}).status_code == 204
    assert RefreshSession.objects.get().ended_at is None


def test_logout_without_any_token_asks_for_one(api: ApiClient) -> None:
    problem = read(api.post(LOGOUT, {}), 401)

    assert problem["code"] == "not_authenticated"
