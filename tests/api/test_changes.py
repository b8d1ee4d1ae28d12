"""A resource server follows the change log."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.db import connection
from django.utils import timezone
from django.utils.http import urlencode

from accounts import conf
from accounts.audiences.credentials import create_audience_credential
from accounts.audiences.models import Audience
from accounts.change_log.models import ChangeEntry
from accounts.change_log.pages import PAGE_SIZE
from accounts.models import Role, User
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.api.resource_server import assertion, assertion_claims, register

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PATH = "/api/v1/changes/"


@pytest.fixture
def credential() -> str:
    """Return what the audience ``reports`` sends as ``Authorization``."""
    audience = Audience.objects.create(code="reports", label="Reports", signing_algorithm="ES256")
    _row, secret = create_audience_credential(
        audience_id=audience.pk, label="server", actor=SYSTEM, now=timezone.now()
    )
    return basic("reports", secret)


def basic(code: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{code}:{secret}".encode()).decode()


def ask(credential: str, *, headers: dict[str, str] | None = None, **query: Any) -> HttpResponse:
    more = {"Authorization": credential, **(headers or {})}
    return ApiClient().get(f"{PATH}?{urlencode(query)}" if query else PATH, **more)


def append(position: int, scope: str = "sub", value: str = "x") -> int:
    ChangeEntry.objects.create(position=position, scope=scope, value=value, took_away=True)
    return position


LIVE = int(timezone.now().timestamp() * 1000) - 10**6


def test_entries_come_in_order_and_the_cursor_goes_on(credential: str, alice: User) -> None:
    alice.roles.remove(Role.objects.get(code="editor"))
    connection.check_constraints()

    page = read(ask(credential))

    assert page["entries"][-1] == {
        "position": page["next"],
        "scope": "sub",
        "value": str(alice.id),
        "took_away": True,
    }
    assert page["more"] is False
    assert read(ask(credential, after=page["next"])) == {"entries": [], "next": page["next"], "more": False}


def test_what_no_living_token_lacks_is_not_told(credential: str) -> None:
    append(LIVE - 10**8)
    live = append(LIVE)

    assert [each["position"] for each in read(ask(credential))["entries"]] == [live]


def test_empty_log_begins_with_zero(credential: str) -> None:
    ChangeEntry.objects.all().delete()

    assert read(ask(credential)) == {"entries": [], "next": 0, "more": False}
    assert read(ask(credential, after=0))["next"] == 0


def test_other_audiences_changes_are_left_out_and_passed_over(credential: str) -> None:
    append(LIVE, "aud", "reports")
    last = append(LIVE + 1, "aud", "other")

    page = read(ask(credential))

    assert [each["value"] for each in page["entries"]] == ["reports"]
    assert page["next"] == last


def test_long_log_comes_in_pages(credential: str) -> None:
    ChangeEntry.objects.bulk_create(
        ChangeEntry(position=LIVE + number, scope="sub", value=f"{number}", took_away=True)
        for number in range(PAGE_SIZE + 5)
    )

    first = read(ask(credential))
    second = read(ask(credential, after=first["next"]))

    assert (len(first["entries"]), first["more"]) == (PAGE_SIZE, True)
    assert (len(second["entries"]), second["more"]) == (5, False)


def test_nothing_new_is_304(credential: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    position = append(LIVE)
    etag = ask(credential)["ETag"]

    with django_assert_num_queries(2):  # the credential, the newest position
        unchanged = ask(credential, headers={"If-None-Match": etag}, after=position)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (unchanged["ETag"], unchanged["Cache-Control"]) == (etag, "private, no-cache")
    append(LIVE + 1)
    assert read(ask(credential, headers={"If-None-Match": etag}, after=position))["next"] == LIVE + 1


def test_cursor_before_what_is_kept_is_gone_and_says_where_to_start(credential: str) -> None:
    append(LIVE)

    problem = read(ask(credential, after=LIVE - 1), 410)

    assert problem["code"] == "cursor_expired"
    assert problem["start"] == f"http://testserver{PATH}"


def test_cursor_from_a_time_that_a_restored_backup_lost_is_gone(credential: str) -> None:
    append(LIVE)
    append(LIVE + 5)

    assert read(ask(credential, after=LIVE + 1), 410)["code"] == "cursor_expired"
    ChangeEntry.objects.all().delete()
    assert read(ask(credential, after=LIVE), 410)["code"] == "cursor_expired"


def test_page_is_signed_for_the_audience_that_asks(credential: str) -> None:
    append(LIVE)
    (key,) = read(ApiClient().get("/.well-known/jwks.json"))["keys"]

    response = ask(credential, headers={"Accept": "application/jwt"}, after=LIVE)

    assert response["Content-Type"] == "application/jwt"
    signed = response.content.decode()
    assert jwt.get_unverified_header(signed)["typ"] == "changes+jwt"
    said = jwt.decode(
        signed, jwt.PyJWK(key, "ES256"), algorithms=["ES256"], audience="reports", issuer=conf.issuer()
    )
    assert (said["after"], said["next"], said["entries"]) == (LIVE, LIVE, [])
    as_token = ApiClient().get("/api/v1/me/", Authorization=f"Bearer {signed}")
    assert read(as_token, 401)["code"] == "invalid_token"


def test_errors_are_json_whatever_was_asked_for(credential: str) -> None:
    response = ask(credential, headers={"Accept": "application/jwt"}, after="x")

    assert response["Content-Type"] == "application/problem+json"
    assert list(read(response, 400)["error"]) == ["after"]


@pytest.mark.parametrize(
    "query", ["after=-1", "after=1.5", "after=", "after=1&after=2", "aftre=1", "after=" + "9" * 30]
)
def test_odd_cursor_is_refused_by_name(credential: str, query: str) -> None:
    response = ApiClient().get(f"{PATH}?{query}", Authorization=credential)

    assert list(read(response, 400)["error"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        "Basic a b",
        basic("reports", "wrong"),
        basic("nobody", "x"),
        "Basic " + "A" * 9,
        basic("re\0ports", "x"),
        basic("reports", "\0"),
    ],
)
def test_who_is_no_audience_learns_nothing(credential: str, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    response = ApiClient().get(PATH, **headers)

    assert read(response, 401)["code"] == "invalid_client"
    assert response["WWW-Authenticate"].startswith("Basic ")


def test_a_key_of_the_audience_opens_it_once_for_each_assertion(credential: str) -> None:
    register()
    position = append(LIVE)
    signed = f"Bearer {assertion(assertion_claims() | {'aud': f'{conf.issuer()}{PATH}'})}"

    assert read(ask(signed))["next"] == position

    problem = ask(signed)
    assert read(problem, 401)["code"] == "invalid_client"
    assert problem["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("sent", ["Bearer", "Bearer a b", "Bearer \xff", "Bearer a.b.c"])
def test_what_is_no_assertion_does_not_open_it(credential: str, sent: str) -> None:
    register()

    assert read(ask(sent), 401)["code"] == "invalid_client"
    assert read(ask(f"Bearer {assertion()}x"), 401)["code"] == "invalid_client"


def test_token_of_a_person_does_not_open_it(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    assert read(api.get(PATH), 401)["code"] == "invalid_client"
