"""The user's protected example reads the claims."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import conf
from accounts.audiences.models import Audience
from accounts.models import User
from accounts.tokens.access_token import AccessToken
from tests.api.client import ApiClient, read

PATH = "/api/v1/user-data/"


def test_administrator_sees_what_the_token_says(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    assert read(api.get(PATH)) == {"departamento": "finanzas", "permisos": ["admin", "editor"]}


def test_it_costs_no_query(
    api: ApiClient,
    alice: User,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api.log_in("alice@example.org")
    keep_log()

    with django_assert_num_queries(0):
        read(api.get(PATH))


def test_without_the_role_it_is_refused(api: ApiClient, mallory: User) -> None:
    api.log_in("mallory@example.org")

    response = api.get(PATH)

    problem = read(response, 403)
    assert (problem["error"], problem["action"]) == ("Acceso no autorizado", "give_up")
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]


def test_token_of_another_audience_is_refused_with_the_users_text(api: ApiClient, alice: User) -> None:
    Audience.objects.create(code="reports", label="Reports")
    api.log_in("alice@example.org", audience="reports")

    assert read(api.get(PATH), 403)["error"] == "Token no válido para esta audiencia"


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/auth/token/", "/api/v1/auth/sessions/"])
def test_account_endpoints_accept_only_the_own_audience(api: ApiClient, alice: User, path: str) -> None:
    Audience.objects.create(code="reports", label="Reports")
    api.log_in("alice@example.org", audience="reports")

    assert read(api.get(path), 403)["code"] == "wrong_audience"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_case_of_the_scheme_does_not_matter(api: ApiClient, alice: User, scheme: str) -> None:
    token = api.log_in("alice@example.org")["token"]

    assert api.get(PATH, Authorization=f"{scheme} {token}").status_code == 200


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Token abc", "bearer"])
def test_without_a_token_it_asks_for_one(api: ApiClient, header: str) -> None:
    response = api.get(PATH, Authorization=header)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith('Bearer realm="authsite"')


def test_expired_token_says_refresh(api: ApiClient, alice: User) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    claims = {"iss": conf.issuer(), "sub": str(alice.id), "aud": conf.own_audience(), "client_id": "app"}
    api.token = str(
        AccessToken.of(
            claims | {"sid": str(alice.id), "epoch": 0},
            algorithm="ES256",
            lifetime=timedelta(minutes=1),
            now=long_ago,
        )
    )

    problem = read(api.get(PATH), 401)

    assert (problem["code"], problem["action"]) == ("token_expired", "refresh")


def test_claim_that_the_contract_lacks_is_an_error_and_not_a_refusal(api: ApiClient, alice: User) -> None:
    Audience.objects.get().contract_claims.filter(path="user_roles").delete()
    api.log_in("alice@example.org")

    assert read(api.get(PATH), 500)["error"] == "Error del servidor"
