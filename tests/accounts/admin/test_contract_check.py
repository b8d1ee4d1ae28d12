"""The check of a contract while somebody writes it: what saving would say, and nothing is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.audiences.models import Audience, ContractClaim
from tests.accounts.admin.browsing import add_url, clerk, event_types, form_values, page_url, signed_in
from tests.accounts.admin.contract_forms import ROWS, check_url, with_rows
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.fixture
def own(db: None) -> Audience:
    return Audience.objects.get(code="api-mi-aplicacion")


def checked(client: Client, audience: Audience, *rows: dict[str, str], **changed: str) -> dict[str, Any]:
    values = with_rows(client, audience, *rows) | changed
    answer: dict[str, Any] = client.post(check_url(audience), values).json()
    return answer


def test_contract_as_it_is_can_stand_and_is_shown_as_a_token(boss: Client, own: Audience) -> None:
    said = checked(boss, own)

    assert [row["state"] for row in said["rows"].values()] == ["ok"] * 4
    assert (said["contract"], said["summary"]) == ([], "The contract can stand.")
    claims = json.loads(said["example"])
    assert claims["aud"] == "api-mi-aplicacion"
    assert claims["user_roles"] == ["text"]
    assert claims["custom_data"] == {"departamento": "text", "permisos_especiales": True}


def test_each_row_has_its_own_state(boss: Client, own: Audience) -> None:
    said = checked(
        boss,
        own,
        {"path": "lang", "source": "locale"},
        {"path": "toString", "source": "locale"},
        {"path": "half"},
        {"source": "locale"},
        {"required": "on"},
        {"path": "x", "source": "locale", "DELETE": "on"},
        {"path": "y", "source": "nowhere", "position": "-1"},
    )

    new = list(said["rows"].values())[4:]
    assert [row["state"] for row in new] == [
        "ok",
        "wrong",
        "unfinished",
        "unfinished",
        "empty",
        "removed",
        "wrong",
    ]
    assert new[2]["said"] == "Write a claim, and choose its source."
    assert "nowhere is not one of" in new[6]["said"]
    assert "greater than or equal to 0" in new[6]["said"]
    assert said["summary"] == "2 claims cannot stand as they are."
    assert "lang" in json.loads(said["example"])


def test_collisions_are_said_while_another_row_is_unfinished(boss: Client, own: Audience) -> None:
    said = checked(boss, own, {"path": "USER_ROLES", "source": "locale"}, {"path": "half"})

    assert "differ in capitals" in said["contract"][0]
    assert said["summary"] == said["contract"][0]
    assert said["example"] == ""


def test_claims_that_authsites_own_api_reads_must_stay(boss: Client, own: Audience) -> None:
    said = checked(boss, own, **{f"{ROWS}-0-DELETE": "on"})

    assert "own API reads “user_roles”" in said["contract"][0]


def test_too_many_rows_are_counted(boss: Client, own: Audience) -> None:
    said = checked(boss, own, *({"path": f"c{number}", "source": "locale"} for number in range(61)))

    assert "at most 64 claims; this one has 65" in said["contract"][0]


def test_new_audience_is_checked_before_it_exists(boss: Client, own: Audience) -> None:
    values = form_values(boss.get(add_url(Audience)))
    row = {f"{ROWS}-0-path": "department", f"{ROWS}-0-source": "department", f"{ROWS}-TOTAL_FORMS": 1}

    said = boss.post(check_url(), values | row | {"code": "new"}).json()

    assert said["rows"] == {f"{ROWS}-0": {"state": "ok", "said": "By itself this claim is right."}}
    claims = json.loads(said["example"])
    assert claims["aud"] == "new"
    assert claims["department"] == {"code": "text", "label": "text", "path": ["text"]}
    assert Audience.objects.count() == 1


def test_check_writes_nothing(boss: Client, own: Audience) -> None:
    before = list(ContractClaim.objects.values())

    checked(boss, own, {"path": "lang", "source": "locale"}, label="Changed", **{f"{ROWS}-0-path": "roles"})

    own.refresh_from_db()
    assert (list(ContractClaim.objects.values()), own.label != "Changed") == (before, True)
    assert event_types() == []


def test_rows_that_are_new_cost_no_query(
    boss: Client, own: Audience, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = with_rows(boss, own)
    many = with_rows(boss, own, *({"path": f"c{number}", "source": "locale"} for number in range(40)))

    # Session, person, audience, its rows; and Django looks again for each row that is stored, as at saving.
    for values in (few, many):
        with django_assert_num_queries(4 + 4):
            boss.post(check_url(own), values)


GARBAGE: list[dict[str, Any]] = [
    {},
    {f"{ROWS}-TOTAL_FORMS": "x", f"{ROWS}-INITIAL_FORMS": "0"},
    {f"{ROWS}-TOTAL_FORMS": "99999999", f"{ROWS}-INITIAL_FORMS": "0"},
    {f"{ROWS}-TOTAL_FORMS": "1", f"{ROWS}-INITIAL_FORMS": "1"},
    {f"{ROWS}-TOTAL_FORMS": "1", f"{ROWS}-INITIAL_FORMS": "1", f"{ROWS}-0-id": "x", f"{ROWS}-0-path": "\x00"},
    {f"{ROWS}-TOTAL_FORMS": "1", f"{ROWS}-INITIAL_FORMS": "0", f"{ROWS}-0-path": "<script>" * 1000},
]


@pytest.mark.parametrize("values", GARBAGE)
def test_garbage_is_answered_with_sentences(boss: Client, own: Audience, values: dict[str, Any]) -> None:
    answer = boss.post(check_url(own), values)

    assert answer.status_code == 200
    said = answer.json()
    assert said["contract"] or any(row["state"] != "ok" for row in said["rows"].values())
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("pk", ["0", "x", "", "9" * 400, "-1", "\x00", "1 OR 1=1"])
def test_audience_that_there_is_not_is_404(boss: Client, own: Audience, pk: str) -> None:
    assert boss.post(check_url(), {}, query_params={"audience": pk}).status_code == 404


def test_whoever_may_not_save_may_not_check_either(own: Audience) -> None:
    viewer = signed_in(clerk("view_audience"))
    adder = signed_in(clerk("view_audience", "add_audience"))
    changer = signed_in(clerk("view_audience", "change_audience"))
    stranger = signed_in(clerk("change_audience", tenant=TenantFactory.create()))
    values = form_values(changer.get(page_url(own)))

    def statuses(url: str) -> list[int]:
        return [client.post(url, values).status_code for client in (viewer, adder, changer, stranger)]

    assert statuses(check_url(own)) == [403, 403, 200, 403]
    assert statuses(check_url()) == [403, 200, 403, 403]
    assert signed_in(UserFactory.create()).post(check_url(own), values).status_code == 302


def test_check_is_a_post_with_its_token(boss: Client, own: Audience) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies

    assert boss.get(check_url(own)).status_code == 405
    assert strict.post(check_url(own), {}).status_code == 403


def test_page_of_whoever_only_looks_has_no_check(own: Audience) -> None:
    page = signed_in(clerk("view_audience")).get(page_url(own)).content.decode()

    assert "check-contract/" not in page
