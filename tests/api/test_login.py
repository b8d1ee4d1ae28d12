"""A mobile app logs in."""

from typing import Any

import jwt
import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import conf
from accounts.audiences.models import Audience
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD

LOGIN = "/api/v1/auth/login/"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_login_answers_the_user_and_the_tokens(api: ApiClient, alice: User) -> None:
    answer = api.log_in("alice@example.org", device={"name": "Pixel 9", "platform": "android"})

    assert answer["user"] == {
        "id": str(alice.id),
        "email": "alice@example.org",
        "name": alice.name,
        "roles": ["admin", "editor"],
        "department": "finanzas",
        "tenant": None,
    }
    assert set(answer) == {
        "user",
        "token",
        "token_type",
        "expires_in",
        "refresh",
        "refresh_expires_in",
        "sid",
        "device_token",
    }
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 8 * 60 * 60)
    assert answer["refresh_expires_in"] == 30 * 24 * 60 * 60


def test_token_carries_the_users_own_contract(api: ApiClient, alice: User) -> None:
    claims = claims_of(api.log_in("alice@example.org")["token"])

    assert claims["aud"] == "api-mi-aplicacion"
    assert claims["user_roles"] == ["admin", "editor"]
    assert claims["custom_data"] == {"departamento": "finanzas", "permisos_especiales": True}
    assert claims["sub"] == str(alice.id)
    assert "tenant_id" not in claims


def test_token_of_a_tenants_person_carries_the_tenant(api: ApiClient, mallory: User) -> None:
    claims = claims_of(api.log_in("mallory@example.org")["token"])

    assert claims["tenant_id"] == "empresa_123"
    assert claims["custom_data"] == {"departamento": None, "permisos_especiales": False}


def test_login_from_a_known_device_takes_eight_statements_or_six_where_redis_counts(
    api: ApiClient, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = api.log_in("alice@example.org")  # the key ring is warm

    # Subject with epoch, contract, lock, roles, session, audit event; the database's limiter takes a place
    # and gives it back; in a test, two savepoints of two each.
    with django_assert_num_queries((6 if conf.redis_place() else 8) + 4):
        api.log_in("alice@example.org", device={"token": first["device_token"]})


@pytest.mark.parametrize("email", ["ALICE@Example.org", "  alice@example.org ", "alice@EXAMPLE.ORG"])
def test_any_spelling_of_the_address_logs_in(api: ApiClient, alice: User, email: str) -> None:
    assert api.log_in(email)["user"]["id"] == str(alice.id)


@pytest.mark.parametrize("password", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1], " "])
def test_password_is_compared_exactly(api: ApiClient, alice: User, password: str) -> None:
    response = api.post(LOGIN, {"email": "alice@example.org", "password": password})

    assert read(response, 401)["error"] == "Credenciales inválidas"


def test_wrong_unknown_inactive_and_passwordless_answer_alike(
    api: ApiClient, alice: User, bob: User, mallory: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    mallory.set_unusable_password()
    mallory.save()
    attempts = [
        ("alice@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("bob@example.org", PASSWORD),
        ("mallory@example.org", PASSWORD),
    ]

    answers = [api.post(LOGIN, {"email": email, "password": password}) for email, password in attempts]

    assert len({answer.content for answer in answers}) == 1
    assert read(answers[0], 401)["code"] == "invalid_credentials"
    # Each answer has an id of its own.
    assert len({answer.headers.pop("X-Request-ID") for answer in answers}) == len(answers)
    assert len({str(sorted(answer.items())) for answer in answers}) == 1
    assert not RefreshSession.objects.exists()


def test_rejected_login_is_audited_without_what_was_typed(api: ApiClient, alice: User) -> None:
    api.post(LOGIN, {"email": "hunter2-typed-here@example.org", "password": "whatever it was"})

    event = AuditEvent.objects.get(type=EventType.CREDENTIALS_REJECTED)
    assert "hunter2" not in str(event.__dict__)
    assert event.ip == "127.0.0.1"


def test_token_for_another_audience(api: ApiClient, alice: User) -> None:
    Audience.objects.create(code="reports", label="Reports")

    answer = api.log_in("alice@example.org", audience="reports", client_id="reports-app")

    claims = claims_of(answer["token"])
    assert (claims["aud"], claims["client_id"]) == ("reports", "reports-app")
    assert "user_roles" not in claims


@pytest.mark.parametrize("audience", ["nowhere", "retired"])
def test_audience_not_in_force_is_named_in_the_error(api: ApiClient, alice: User, audience: str) -> None:
    Audience.objects.create(code="retired", label="Retired", retired_at=alice.created_at)

    response = api.post(LOGIN, {"email": "alice@example.org", "password": PASSWORD, "audience": audience})

    assert list(read(response, 400)["error"]) == ["audience"]
    assert not RefreshSession.objects.exists()


def test_known_device_is_recognised(api: ApiClient, alice: User) -> None:
    first = api.log_in("alice@example.org", device={"name": "Pixel 9"})
    api.log_in("alice@example.org", device={"name": "Pixel 9", "token": first["device_token"]})
    api.log_in("alice@example.org", device={"name": "Pixel 9", "token": first["device_token"] + "x"})

    devices = RefreshSession.objects.order_by("created_at").values_list("device_id", flat=True)
    assert devices[0] == devices[1] != devices[2]


def test_token_over_the_budget_is_not_issued_and_leaves_no_session(api: ApiClient, alice: User) -> None:
    Audience.objects.update(max_token_bytes=512)

    problem = read(api.post(LOGIN, {"email": "alice@example.org", "password": PASSWORD}), 500)

    assert (problem["code"], problem["action"]) == ("token_unissuable", "wait")
    assert problem["error"] == "Error del servidor"
    assert not RefreshSession.objects.exists()
