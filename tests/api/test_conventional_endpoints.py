"""A client written for plain simplejwt works unchanged."""

import pytest

from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD


def obtain(api: ApiClient) -> dict[str, str]:
    return read(api.post("/api/token/", {"email": "alice@example.org", "password": PASSWORD}))


def test_pair_refresh_verify_blacklist(api: ApiClient, alice: User) -> None:
    pair = obtain(api)
    assert set(pair) == {"access", "refresh"}

    second = read(api.post("/api/token/refresh/", {"refresh": pair["refresh"]}))
    assert set(second) == {"access", "refresh"}
    for token in second.values():
        assert read(api.post("/api/token/verify/", {"token": token})) == {}

    assert read(api.post("/api/token/blacklist/", {"refresh": second["refresh"]})) == {}
    assert RefreshSession.objects.get().ended_at is not None
    for path in ("refresh", "blacklist"):
        problem = read(api.post(f"/api/token/{path}/", {"refresh": second["refresh"]}), 401)
        assert problem["code"] == "token_not_valid"
        assert problem["detail"] == problem["error"]


def test_its_token_opens_the_protected_example(api: ApiClient, alice: User) -> None:
    api.token = obtain(api)["access"]

    assert read(api.get("/api/v1/user-data/"))["departamento"] == "finanzas"


def test_wrong_credentials_in_simplejwts_words(api: ApiClient, alice: User) -> None:
    response = api.post("/api/token/", {"email": "alice@example.org", "password": "wrong"})

    problem = read(response, 401)
    assert (problem["code"], problem["detail"]) == ("no_active_account", "Credenciales inválidas")


@pytest.mark.parametrize("path", ["", "refresh/", "verify/", "blacklist/"])
def test_missing_fields_are_named_beside_and_inside_error(api: ApiClient, path: str) -> None:
    problem = read(api.post(f"/api/token/{path}", {}), 400)

    for field, messages in problem["error"].items():
        assert problem[field] == messages


@pytest.mark.parametrize("token", ["x", "a.b.c", "1.2.3.4", "é.é.é"])
def test_verify_refuses_what_is_not_ours(api: ApiClient, token: str) -> None:
    assert read(api.post("/api/token/verify/", {"token": token}), 401)["code"] == "token_not_valid"


def test_verify_refuses_the_refresh_token_of_an_ended_session(api: ApiClient, alice: User) -> None:
    pair = obtain(api)
    RefreshSession.objects.update(ended_at=alice.created_at, end_reason="logout")

    assert read(api.post("/api/token/verify/", {"token": pair["refresh"]}), 401)
