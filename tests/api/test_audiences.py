"""An administrator writes audiences and their contracts through the API."""

from typing import Any

import pytest

from accounts.audiences.models import Audience
from accounts.models import User
from tests.api.client import ApiClient, read

V1 = "/api/v1"
OWN = f"{V1}/audiences/api-mi-aplicacion/"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


def test_audience_with_its_contract(admin: ApiClient) -> None:
    claims = [{"path": "roles", "source": "roles", "required": True}]
    body = {"code": "nominas", "label": "Nóminas", "access_lifetime": 600, "claims": claims}

    created = read(admin.post(f"{V1}/audiences/", body), 201)

    assert (created["access_lifetime"], created["claims"], created["contract_version"]) == (600, claims, 1)
    wrong = {"claims": [{"path": "sub", "source": "email"}]}
    assert list(read(admin.send("PATCH", f"{V1}/audiences/nominas/", wrong), 400)["error"]) == ["claims"]
    changed = {"claims": [*claims, {"path": "lang", "source": "locale", "required": False}]}
    answer = read(admin.send("PATCH", f"{V1}/audiences/nominas/", changed))
    assert (answer["claims"], answer["contract_version"]) == (changed["claims"], 2)
    assert read(admin.get(f"{V1}/audiences/nominas/")) == answer


def test_claims_that_the_api_reads_stay_in_its_own_contract(admin: ApiClient) -> None:
    problem = read(admin.send("PATCH", f"{V1}/audiences/api-mi-aplicacion/", {"claims": []}), 400)

    assert "user_roles" in str(problem["error"])
    assert Audience.objects.get().contract_claims.count() == 4


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        ({"path": "x"}, ["source"]),
        ({"source": "email"}, ["path"]),
        ({"required": True}, ["path", "source"]),
        ({}, ["path", "source"]),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_row_of_a_contract_is_always_whole(
    admin: ApiClient, method: str, row: dict[str, Any], missing: list[str]
) -> None:
    path = f"{V1}/audiences/" if method == "POST" else OWN
    body = {"code": "nominas", "label": "Nóminas"} if method == "POST" else {}
    whole = {"path": "lang", "source": "locale"}

    problem = read(admin.send(method, path, body | {"claims": [whole, row]}), 400)

    errors = problem["error"]["claims"]
    assert (list(errors), sorted(errors["1"])) == (["1"], missing)
    assert Audience.objects.count() == 1


def test_row_of_a_contract_is_required_unless_it_says_otherwise(admin: ApiClient) -> None:
    read(admin.post(f"{V1}/audiences/", {"code": "nominas", "label": "Nóminas"}), 201)
    body = {"claims": [{"path": "lang", "source": "locale"}]}

    answer = read(admin.send("PATCH", f"{V1}/audiences/nominas/", body))

    assert answer["claims"] == [{"path": "lang", "source": "locale", "required": True}]


def test_contract_of_too_many_claims_is_refused_with_their_number(admin: ApiClient) -> None:
    claims = [{"path": f"c{number}", "source": "name"} for number in range(1200)]

    problem = read(admin.send("PATCH", OWN, {"claims": claims}), 400)

    assert list(problem["error"]) == ["claims"]
    assert "64" in str(problem["error"])
    assert "1200" in str(problem["error"])


@pytest.mark.parametrize("seconds", [-(10**400), -1, 0, 59, 86401, 10**14, 10**300])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_lifetime_beyond_its_bounds_is_refused(admin: ApiClient, method: str, seconds: int) -> None:
    path = f"{V1}/audiences/" if method == "POST" else OWN
    body = {"code": "nominas", "label": "Nóminas"} if method == "POST" else {}

    problem = read(admin.send(method, path, body | {"access_lifetime": seconds}), 400)

    assert problem["error"] == {"access_lifetime": ["Escriba de 60 a 86400 segundos."]}
    assert Audience.objects.count() == 1


@pytest.mark.parametrize("seconds", [60, 86400])
def test_lifetime_reaches_its_bounds(admin: ApiClient, seconds: int) -> None:
    assert read(admin.send("PATCH", OWN, {"access_lifetime": seconds}))["access_lifetime"] == seconds
