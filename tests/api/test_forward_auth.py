"""A proxy asks whether a token may pass a door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.models import Department, Role, User
from accounts.services.roles import retire_role
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PATH = "/api/v1/forward-auth/"
OWN = f"{PATH}?audience=api-mi-aplicacion"


def reports(*rows: tuple[str, str, bool]) -> None:
    """Create the audience ``reports`` with a contract of (path, source, required)."""
    claims = [
        ContractClaimInput(path=path, source=source, required=required) for path, source, required in rows
    ]
    create_audience(code="reports", label="Reports", rows=claims, actor=SYSTEM, now=timezone.now())


def identity(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in response.items() if name.startswith("X-Auth-")}


def test_who_passes_is_told_in_headers_alone(api: ApiClient, alice: User) -> None:
    sid = api.log_in("alice@example.org", client_id="app")["sid"]

    response = api.get(f"{OWN}&role=editor,admin&department=finanzas")

    assert (response.status_code, response.content) == (200, b"")
    assert identity(response) == {
        "X-Auth-Sub": str(alice.pk),
        "X-Auth-Roles": "admin,editor",
        "X-Auth-Department": "finanzas",
        "X-Auth-Tenant": "",
        "X-Auth-Client-Id": "app",
        "X-Auth-Sid": sid,
    }
    assert response["Cache-Control"] == "no-store"


def test_every_header_is_there_for_who_has_nothing(api: ApiClient, mallory: User) -> None:
    api.log_in("mallory@example.org")

    said = identity(api.get(OWN))

    assert len(said) == 6
    assert (said["X-Auth-Roles"], said["X-Auth-Department"], said["X-Auth-Tenant"]) == ("", "", "empresa_123")


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ("", 200),
        ("&role=editor", 200),
        ("&role=admin", 403),
        ("&role=admin,editor", 200),
        ("&department=finanzas", 200),
        ("&department=ventas", 403),
        ("&department=ventas,finanzas", 200),
        ("&role=editor&department=ventas", 403),
        ("&role=admin&department=finanzas", 403),
        ("&department=finanzas&role=editor", 200),
    ],
)
def test_a_comma_means_any_and_both_parameters_mean_both(
    api: ApiClient, bob: User, rule: str, status: int
) -> None:
    RoleFactory.create(code="admin"), DepartmentFactory.create(code="ventas")
    api.log_in("bob@example.org")

    assert api.get(OWN + rule).status_code == status


def test_refusals_say_what_helps(api: ApiClient, bob: User) -> None:
    RoleFactory.create(code="admin")
    missing = api.get(OWN)
    assert (read(missing, 401)["code"], missing["WWW-Authenticate"]) == (
        "not_authenticated",
        'Bearer realm="authsite"',
    )

    api.log_in("bob@example.org")
    assert read(api.get(f"{OWN}&role=admin"), 403)["code"] == "access_denied"
    bob.roles.add(Role.objects.get(code="admin"))
    committed()
    refused = api.get(f"{OWN}&role=admin")
    assert (read(refused, 403)["action"], identity(refused)) == ("refresh", {})

    bob.roles.clear()
    committed()
    stale = api.get(OWN)
    assert read(stale, 401)["code"] == "token_stale"
    assert 'error="invalid_token"' in stale["WWW-Authenticate"]


def test_token_of_another_audience_does_not_pass(api: ApiClient, alice: User) -> None:
    reports(("roles", "roles", True))
    api.log_in("alice@example.org", audience="reports")

    assert read(api.get(f"{OWN}&role=admin"), 403)["code"] == "wrong_audience"
    assert api.get(f"{PATH}?audience=reports&role=admin").status_code == 200


@pytest.mark.parametrize(
    "rows",
    [
        [("where.code", "department_code", False)],
        [("department", "department", True)],
        [("where.all", "department", False), ("where.code", "department_code", True)],
    ],
)
def test_rules_are_read_by_the_audiences_own_contract(
    api: ApiClient, alice: User, mallory: User, rows: list[tuple[str, str, bool]]
) -> None:
    reports(("groups", "roles", True), *rows)
    rule = f"{PATH}?audience=reports&department=finanzas"

    api.log_in("alice@example.org", audience="reports")
    said = identity(api.get(rule))
    assert (said["X-Auth-Department"], said["X-Auth-Roles"]) == ("finanzas", "admin,editor")
    assert said["X-Auth-Tenant"] == ""  # this contract does not say it
    api.log_in("mallory@example.org", audience="reports")
    assert api.get(rule).status_code == 403
    assert identity(api.get(f"{PATH}?audience=reports"))["X-Auth-Department"] == ""


def test_a_claim_that_a_new_contract_says_elsewhere_is_found_there(api: ApiClient, alice: User) -> None:
    reports(("groups", "roles", True))
    api.log_in("alice@example.org", audience="reports")
    rule = f"{PATH}?audience=reports&role=admin"
    assert api.get(rule).status_code == 200

    rows = [ContractClaimInput(path="roles", source="roles")]
    change_audience(
        audience_id=Audience.objects.get(code="reports").pk, rows=rows, actor=SYSTEM, now=timezone.now()
    )
    committed()

    assert read(api.get(rule), 401)["code"] == "token_stale"
    api.log_in("alice@example.org", audience="reports")
    assert api.get(rule).status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_every_method_is_answered_alike(api: ApiClient, bob: User, method: str) -> None:
    """A proxy that keeps its client's method must not find a way around the rule by it."""
    RoleFactory.create(code="admin")
    body = b"\xff no JSON"
    assert api.send(method, OWN, body).status_code == 401
    api.log_in("bob@example.org")

    assert api.send(method, f"{OWN}&role=admin", body).status_code == 403
    assert api.send(method, f"{OWN}&rol=editor", body).status_code == 400
    passed = api.send(method, f"{OWN}&role=editor", body)
    assert (passed.status_code, identity(passed)["X-Auth-Roles"]) == (200, "editor")


@pytest.mark.parametrize("accept", ["text/html", "image/avif", "application/xml", "nonsense"])
def test_what_the_client_wants_of_the_service_does_not_matter(
    api: ApiClient, alice: User, accept: str
) -> None:
    api.log_in("alice@example.org")

    assert api.get(OWN, Accept=accept).status_code == 200
    problem = api.get(f"{OWN}&role=", Accept=accept)
    assert (problem.status_code, problem["Content-Type"]) == (400, "application/problem+json")


def test_what_the_proxy_tells_of_its_client_is_not_trusted(api: ApiClient, bob: User) -> None:
    RoleFactory.create(code="admin")
    api.log_in("bob@example.org")
    told = {
        "X-Original-Method": "OPTIONS",
        "X-Original-URI": "/public/",
        "X-Forwarded-Uri": "/api/v1/forward-auth/?audience=api-mi-aplicacion",
        "X-HTTP-Method-Override": "HEAD",
        "X-Auth-Roles": "admin",
    }

    assert api.get(f"{OWN}&role=admin", **told).status_code == 403


def test_browser_session_opens_no_door(api: ApiClient, alice: User) -> None:
    api.http.force_login(alice)

    assert read(api.get(OWN), 401)["code"] == "not_authenticated"


def test_a_retired_role_is_no_typing_error_and_opens_nothing(api: ApiClient, alice: User, bob: User) -> None:
    editor = Role.objects.get(code="editor")
    retire_role(role_id=editor.pk, actor=SYSTEM, now=timezone.now())
    committed()
    for name, status in (("bob", 403), ("alice", 200)):
        api.log_in(f"{name}@example.org")
        assert api.get(f"{OWN}&role=editor,admin").status_code == status


def test_a_check_costs_no_query_within_a_second(
    api: ApiClient,
    alice: User,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rule = f"{OWN}&role=admin&department=finanzas"
    api.log_in("alice@example.org")
    keep_log()

    with django_assert_num_queries(3):  # the contract, the roles, the departments of the rule
        assert api.get(rule).status_code == 200
    with django_assert_num_queries(0):
        assert api.get(rule).status_code == 200
        api.token = ""
        assert api.get(rule).status_code == 401


def test_codes_in_the_directory_are_asked_for_again_after_a_second(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    assert api.get(f"{OWN}&department=finanzas,compras").status_code == 400

    Department.objects.create(code="compras", label="Compras")
    committed()

    assert api.get(f"{OWN}&department=finanzas,compras").status_code == 200
