"""Somebody guesses through the API: 429 says how long to wait, to everybody alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.audit.models import AuditEvent
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User

LOGIN, REFRESH = "/api/v1/auth/login/", "/api/v1/auth/refresh/"
OBTAIN = "/api/token/"


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    settings.AUTHSITE_LIMITS = {"pair": 3, "account": 5, "address": 6, "device": 4, "resets": 2}


def guess(api: ApiClient, path: str = LOGIN, email: str = "alice@example.org", **headers: str) -> int:
    body = {"email": email, "password": "wrong"}
    return int(api.post(path, body, **headers).status_code)


def test_the_answer_says_how_long_to_wait(api: ApiClient, alice: User) -> None:
    for _ in range(3):
        guess(api)

    response = api.post(LOGIN, {"email": "alice@example.org", "password": PASSWORD})

    problem = read(response, 429)
    assert (problem["code"], problem["action"]) == ("throttled", "wait")
    assert problem["error"] == "Demasiadas peticiones; espere"
    assert problem["detail"] == "Demasiados intentos. Vuelva a intentarlo dentro de 15 minutos."
    assert 890 < int(response["Retry-After"]) <= 900
    assert response["Cache-Control"] == "no-store"


def test_known_and_unknown_accounts_are_answered_alike(api: ApiClient, alice: User) -> None:
    def answers(email: str) -> list[Any]:
        client = ApiClient()
        said = [client.post(LOGIN, {"email": email, "password": "wrong"}) for _ in range(5)]
        return [(each.status_code, each.content) for each in said]

    assert answers("alice@example.org") == answers("nobody@example.org")


def test_both_logins_count_together(api: ApiClient, alice: User) -> None:
    answers = [guess(api, path) for path in (LOGIN, OBTAIN, LOGIN, OBTAIN, LOGIN)]

    assert answers == [401, 401, 401, 429, 429]
    problem = read(api.post(OBTAIN, {"email": alice.email, "password": PASSWORD}), 429)
    assert problem["detail"] == problem["error"]


def test_a_forged_header_gives_no_new_address(api: ApiClient, alice: User, settings: Settings) -> None:
    answers = [guess(api, X_Forwarded_For=f"203.0.113.{number}") for number in range(4)]

    assert answers == [401, 401, 401, 429]


def test_a_trusted_proxy_tells_clients_apart(api: ApiClient, alice: User, settings: Settings) -> None:
    from ipaddress import ip_network  # noqa: PLC0415 - here only

    settings.AUTHSITE_TRUSTED_PROXIES = [ip_network("127.0.0.1")]

    first = [guess(api, **{"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"}) for n in range(4)]
    second = guess(api, **{"X-Forwarded-For": "203.0.113.10"})

    assert (first, second) == ([401, 401, 401, 429], 401)
    assert set(AuditEvent.objects.filter(type="limit.reached").values_list("ip", flat=True)) == {
        "203.0.113.9"
    }


def test_a_known_device_gets_in_during_an_attack(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["device_token"]
    stranger = ApiClient()
    for _ in range(6):
        guess(stranger)

    read(stranger.post(LOGIN, {"email": "alice@example.org", "password": PASSWORD}), 429)
    assert ApiClient().log_in("alice@example.org", device={"token": token})["device_token"] == token


@pytest.mark.parametrize(
    ("path", "field"),
    [(REFRESH, "refresh"), *((f"/api/token/{name}/", "refresh") for name in ("refresh", "blacklist"))],
)
def test_forged_refresh_tokens_are_counted_and_good_ones_go_on(
    api: ApiClient, alice: User, path: str, field: str
) -> None:
    tokens = api.log_in("alice@example.org")

    answers = [api.post(path, {field: "1.not.a.token"}).status_code for _ in range(8)]

    assert answers == [401] * 6 + [429] * 2
    assert api.post(path, {field: tokens["refresh"]}).status_code == 200


def test_forged_tokens_at_verify_are_counted_and_good_ones_go_on(api: ApiClient, alice: User) -> None:
    tokens = api.log_in("alice@example.org")
    forged = ["eyJhbGciOiJub25lIn0.e30.", "1.not.a.token"] * 4

    answers = [api.post("/api/token/verify/", {"token": token}).status_code for token in forged]

    assert answers == [401] * 6 + [429] * 2
    for good in (tokens["token"], tokens["refresh"]):
        read(api.post("/api/token/verify/", {"token": good}))


def test_refresh_tokens_of_an_ended_session_are_counted_by_session(api: ApiClient, alice: User) -> None:
    ended, other = ApiClient().log_in("alice@example.org"), ApiClient().log_in("alice@example.org")
    for tokens in (ended, other):
        api.post("/api/v1/auth/logout/", {"refresh": tokens["refresh"]})

    answers = [api.post(REFRESH, {"refresh": ended["refresh"]}).status_code for _ in range(7)]

    assert answers == [401] * 5 + [429] * 2
    assert read(api.post(REFRESH, {"refresh": other["refresh"]}), 401)["code"] == "session_ended"


def test_guesses_at_the_current_password_are_counted(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    body = {"current_password": "wrong", "new_password": "a brand new long password"}

    answers = [api.post("/api/v1/auth/password/", body).status_code for _ in range(5)]

    assert answers == [400] * 4 + [429]
