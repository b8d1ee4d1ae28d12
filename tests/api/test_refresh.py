"""A mobile app refreshes its token."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience
from accounts.audit.actors import Actor
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import keyring
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.keys.stages import known_everywhere
from tests.api.client import ApiClient, read
from tests.api.test_login import claims_of

REFRESH = "/api/v1/auth/refresh/"


def test_refresh_answers_everything_but_the_user(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    answer = read(api.post(REFRESH, {"refresh": login["refresh"]}))

    assert set(answer) == set(login) - {"user"}
    assert answer["sid"] == login["sid"]
    assert answer["device_token"] == login["device_token"]
    assert answer["refresh"] != login["refresh"]


def test_refresh_takes_four_statements(
    api: ApiClient, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    login = api.log_in("alice@example.org")

    with django_assert_num_queries(4):  # session with subject and epoch, contract, roles, the step
        api.post(REFRESH, {"refresh": login["refresh"]})


def test_refreshed_claims_are_those_of_now(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")
    alice.roles.remove(alice.roles.get(code="admin"))

    answer = read(api.post(REFRESH, {"refresh": login["refresh"]}))

    assert claims_of(answer["token"])["user_roles"] == ["editor"]


def test_lost_answer_costs_nothing(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    answers = [read(api.post(REFRESH, {"refresh": login["refresh"]})) for _ in range(3)]

    assert len({answer["refresh"] for answer in answers}) == 1
    assert RefreshSession.objects.get().generation == 2


def test_token_used_again_after_its_successor_ends_the_session(api: ApiClient, alice: User) -> None:
    first = api.log_in("alice@example.org")["refresh"]
    second = read(api.post(REFRESH, {"refresh": first}))["refresh"]
    third = read(api.post(REFRESH, {"refresh": second}))["refresh"]

    stolen = read(api.post(REFRESH, {"refresh": first}), 401)
    owner = read(api.post(REFRESH, {"refresh": third}), 401)

    assert (stolen["code"], stolen["action"]) == ("reuse_detected", "login")
    assert (owner["code"], owner["action"]) == ("session_ended", "login")


@pytest.mark.parametrize("refresh", ["", "x", "1.2.3.4", "a" * 160, "\u0661.\u0662.\u0663.\u0664"])
def test_what_is_no_refresh_token_is_refused(api: ApiClient, refresh: str) -> None:
    response = api.post(REFRESH, {"refresh": refresh})

    assert response.status_code == (400 if refresh == "" else 401)


def test_altered_token_ends_nothing(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")
    altered = login["refresh"][:-1] + ("A" if login["refresh"][-1] != "A" else "B")

    assert read(api.post(REFRESH, {"refresh": altered}), 401)["code"] == "invalid_grant"
    assert read(api.post(REFRESH, {"refresh": login["refresh"]}))


def test_access_token_is_no_refresh_token(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    assert api.post(REFRESH, {"refresh": login["token"]}).status_code == 400
    assert read(api.post("/api/token/refresh/", {"refresh": login["token"][:100]}), 401)


@pytest.mark.parametrize("loss", ["inactive", "deleted", "retired tenant"])
def test_lost_account_gets_no_token(api: ApiClient, mallory: User, loss: str) -> None:
    login = api.log_in("mallory@example.org")
    match loss:
        case "inactive":
            User.objects.filter(pk=mallory.pk).update(is_active=False)
        case "deleted":
            mallory.delete()
        case _:
            assert mallory.tenant is not None
            mallory.tenant.retired_at = mallory.created_at
            mallory.tenant.save()

    assert read(api.post(REFRESH, {"refresh": login["refresh"]}), 401)["action"] == "login"


def test_one_session_obtains_tokens_for_another_audience(api: ApiClient, alice: User) -> None:
    Audience.objects.create(code="reports", label="Reports")
    login = api.log_in("alice@example.org")

    answer = read(api.post(REFRESH, {"refresh": login["refresh"], "audience": "reports"}))

    assert claims_of(answer["token"])["aud"] == "reports"
    assert claims_of(answer["token"])["sid"] == login["sid"]


def test_retired_audience_ends_the_session_for_the_client(api: ApiClient, alice: User) -> None:
    audience = Audience.objects.create(code="reports", label="Reports")
    login = api.log_in("alice@example.org", audience="reports")
    audience.retired_at = alice.created_at
    audience.save()

    assert read(api.post(REFRESH, {"refresh": login["refresh"]}), 401)["code"] == "session_ended"
    body = {"refresh": login["refresh"], "audience": "reports"}
    assert list(read(api.post(REFRESH, body), 400)["error"]) == ["audience"]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_audience_chooses_the_algorithm(api: ApiClient, alice: User, algorithm: str) -> None:
    known_everywhere(SigningAlgorithm(algorithm), now=alice.created_at)
    change_audience(
        audience_id=Audience.objects.get().pk,
        signing_algorithm=algorithm,
        actor=Actor.system("test"),
        now=alice.created_at,
    )
    keyring.forget()
    api.log_in("alice@example.org")

    content = read(api.get("/api/v1/auth/token/"))

    assert content["header"]["alg"] == algorithm


def test_unissuable_token_does_not_advance_the_session(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")
    Audience.objects.update(max_token_bytes=512)

    response = api.post(REFRESH, {"refresh": login["refresh"]})

    assert read(response, 500)["code"] == "token_unissuable"
    assert response["Retry-After"]
    assert RefreshSession.objects.get().generation == 1
