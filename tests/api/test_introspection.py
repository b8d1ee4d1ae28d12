"""A service asks whether a token is good for it, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.audiences.models import ContractClaim
from accounts.change_log.errors import ChangeLogUnreadableError
from accounts.models import Role, User
from tests.api.client import ApiClient, read
from tests.api.resource_server import (
    INTROSPECT,
    Service,
    asserting,
    assertion,
    audience,
    post,
    register,
    secret_of,
)
from tests.factories import DepartmentFactory, RoleFactory, UserFactory
from tests.scenarios.causes import CAUSES, committed
from tests.scenarios.following_client import FollowingClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

OWN = "api-mi-aplicacion"
INACTIVE = {"active": False}


@pytest.fixture
def reports(db: None) -> Service:
    """Return a service whose tokens say the roles."""
    ContractClaim.objects.create(audience=audience(), path="user_roles", source="roles")
    committed()
    return Service.of()


def token_of(api: ApiClient, code: str = "reports") -> str:
    return str(api.log_in("alice@example.org", audience=code)["token"])


def test_a_good_token_says_all_its_claims(api: ApiClient, alice: User, reports: Service) -> None:
    said = reports.introspect(token_of(api))

    assert said.pop("active") is True
    assert said.pop("token_type") == "Bearer"
    assert (said["sub"], said["aud"], said["user_roles"]) == (str(alice.pk), "reports", ["admin", "editor"])
    always = {"iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch"}
    assert set(said) == always | {"user_roles"}


def test_it_costs_one_query_for_the_secret_and_none_for_the_token(
    api: ApiClient,
    alice: User,
    reports: Service,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    token = token_of(api)
    keep_log()

    with django_assert_num_queries(1):
        assert reports.introspect(token)["active"]


def test_with_a_key_it_costs_one_query_and_the_insert_of_the_assertion(
    api: ApiClient,
    alice: User,
    reports: Service,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    token = token_of(api)
    register()
    keep_log()

    with django_assert_num_queries(4):  # the keys; a savepoint, as the test is in a transaction, and its end
        assert read(post(INTROSPECT, asserting(assertion(), token=token)))["active"]


#: What happens to Ada's token for authsite's own audience; some of CAUSES are about refreshing alone.
TAKEN = [*CAUSES][: [*CAUSES].index("its refresh token had been used twice") + 1]


@pytest.mark.parametrize("cause", TAKEN)
def test_a_token_is_inactive_at_once(cause: str) -> None:
    ada = UserFactory.create(
        email="ada@example.org",
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
        special_permissions=True,
    )
    service, app = Service.of(OWN), FollowingClient("ada@example.org")
    app.log_in()
    before = app.kept["token"]
    assert service.introspect(before)["active"]

    CAUSES[cause](app, ada)
    committed()

    # Some causes log in again before they happen, or leave an old token behind.
    assert service.introspect(app.kept["token"]) == INACTIVE
    assert cause == "the token has expired" or service.introspect(before) == INACTIVE


def test_what_is_only_given_makes_no_token_worse(api: ApiClient, alice: User, reports: Service) -> None:
    token = token_of(api)

    alice.roles.add(RoleFactory.create(code="lector"))
    committed()

    assert reports.introspect(token)["user_roles"] == ["admin", "editor"]


def test_a_claim_cannot_say_that_it_is_inactive(api: ApiClient, alice: User, reports: Service) -> None:
    for path in ("active", "token_type"):
        ContractClaim.objects.create(audience=audience(), path=path, source="special_permissions")
    alice.special_permissions = False
    alice.save()
    committed()

    said = reports.introspect(token_of(api))

    assert (said["active"], said["token_type"]) == (True, "Bearer")


def test_a_refresh_token_and_a_token_for_another_audience_are_inactive(
    api: ApiClient, alice: User, reports: Service
) -> None:
    login = api.log_in("alice@example.org")

    for token in (login["refresh"], login["token"], login["device_token"]):
        assert reports.introspect(token) == INACTIVE
        assert reports.introspect(token, token_type_hint="refresh_token") == INACTIVE


def test_the_hint_is_not_needed_and_cannot_mislead(api: ApiClient, alice: User, reports: Service) -> None:
    token = token_of(api)

    for hint in ("access_token", "refresh_token", "nonsense", ""):
        assert reports.introspect(token, token_type_hint=hint)["active"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(token=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
@example(token="a" * 8193)
@example(token=" ")
def test_whatever_is_sent_is_inactive_and_no_fault(reports: Service, token: str) -> None:
    assert reports.introspect(token) == INACTIVE


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_an_altered_token_is_inactive(api: ApiClient, alice: User, reports: Service, cut: int) -> None:
    parts = token_of(api).split(".")
    parts[cut] = parts[cut][:-4] + ("AAAA" if parts[cut][-4:] != "AAAA" else "BBBB")

    assert reports.introspect(".".join(parts)) == INACTIVE


def test_json_is_understood_as_well(api: ApiClient, alice: User, reports: Service) -> None:
    body = json.dumps({"token": token_of(api)})

    answer = post(
        INTROSPECT, body, Authorization=reports.authorization, Content_Type="application/json; charset=utf-8"
    )

    assert read(answer)["active"]


REFUSED: dict[str, tuple[str, str, int]] = {
    "no token": ("", "", 400),
    "an empty token": ("token=", "", 400),
    "two tokens": ("token=a&token=a", "", 400),
    "too many parameters": ("&".join(f"p{number}=1" for number in range(51)), "", 400),
    "not ASCII": ("token=\xf1", "", 400),
    "not UTF-8": ("token=%ff", "", 400),
    "a NUL": ("token=%00", "", 400),
    "another charset": ("token=a", "application/x-www-form-urlencoded; charset=utf-16", 415),
    "a file": ("token=a", "multipart/form-data; boundary=x", 415),
    "no JSON": ("{", "application/json", 400),
    "a list": ('["token"]', "application/json", 400),
    "a number": ('{"token": 1}', "application/json", 400),
    "too long": ("token=" + "a" * 70_000, "", 413),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_request_is_refused_as_a_problem(reports: Service, what: str) -> None:
    body, media_type, status = REFUSED[what]
    headers = {"Content_Type": media_type} if media_type else {}

    problem = read(post(INTROSPECT, body, Authorization=reports.authorization, **headers), status)

    assert problem["error"] == "invalid_request"


def test_two_tokens_are_refused_by_name(reports: Service) -> None:
    problem: dict[str, Any] = read(
        post(INTROSPECT, "token=a&token=b", Authorization=reports.authorization), 400
    )

    assert list(problem["fields"]) == ["token"]


def test_unknown_parameters_are_passed_over(api: ApiClient, alice: User, reports: Service) -> None:
    assert reports.introspect(token_of(api), resource="https://example.com", client_id="reports")["active"]


def test_while_nobody_can_tell_the_answer_is_503_and_never_inactive(
    api: ApiClient, alice: User, reports: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise ChangeLogUnreadableError

    token = token_of(api)
    monkeypatch.setattr("accounts.tokens.verification.require_fresh", unreadable)

    answer = post(INTROSPECT, {"token": token}, Authorization=reports.authorization)

    assert read(answer, 503)["error"] == "temporarily_unavailable"
    assert answer["Retry-After"] == "1"


def test_a_role_taken_away_is_seen_by_another_audience_too(
    api: ApiClient, alice: User, reports: Service
) -> None:
    token = token_of(api)

    alice.roles.remove(Role.objects.get(code="editor"))
    committed()

    assert reports.introspect(token) == INACTIVE


def test_a_secret_of_another_audience_asks_about_its_own_tokens_alone(
    api: ApiClient, alice: User, reports: Service
) -> None:
    token = token_of(api)
    other = Service("other", secret_of("other"))

    assert other.introspect(token) == INACTIVE
    assert reports.introspect(token)["active"]
