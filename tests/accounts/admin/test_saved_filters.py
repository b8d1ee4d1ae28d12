"""Filters of a list: saved under a name, shown as chips, shared within the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SavedFilter, User
from accounts.services.saved_filters import MOST
from accounts.services.users import change_user
from tests.accounts.admin.browsing import clerk, list_url, signed_in
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import TenantFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

QUERY = "is_staff__exact=1&q=ana&o=-1"


def url() -> str:
    return reverse("admin:accounts_user_filters")


def saved(client: Client, name: str = "Staff", query: str = QUERY, **more: str) -> str:
    """Save a filter; return where the browser is sent."""
    answer = client.post(url(), {"name": name, "query": query, **more})
    assert answer.status_code == 302
    return str(answer["Location"])


def chips(client: Client) -> list[str]:
    """Return the names above the list of people."""
    return [each.name for each, _current, _own in client.get(list_url(User)).context["saved_filters"]]


def test_saved_filter_stands_above_its_list_and_opens_it(boss: Client) -> None:
    assert saved(boss) == f"{list_url(User)}?{QUERY}"

    page = boss.get(list_url(User), {"is_staff__exact": "1", "q": "ana", "o": "-1"}).content.decode()
    assert f'class="chip" href="?{QUERY.replace("&", "&amp;")}" aria-current="true"' in page
    assert chips(boss) == ["Staff"]
    assert boss.get(reverse("admin:accounts_role_changelist")).context["saved_filters"] == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("is_staff__exact=1&next=//evil.example&_popup=1&e=1&p=7&all=", "is_staff__exact=1"),
        ("password__startswith=a&is_active__exact=1", "is_active__exact=1"),
        ("//evil.example/?q=x", ""),
        ("q=%3Cscript%3E", "q=%3Cscript%3E"),
        ("roles__id__exact=3&nothing__sid=1", "roles__id__exact=3"),
        ("q=" + "a" * 3000, ""),
        ("q=\x00%ff", "q=%00%EF%BF%BD"),
    ],
)
def test_only_what_is_the_lists_own_is_kept(boss: Client, sent: str, kept: str) -> None:
    target = saved(boss, query=sent)

    assert target == (f"{list_url(User)}?{kept}" if kept else list_url(User))
    assert list(SavedFilter.objects.values_list("query", flat=True)) == ([kept] if kept else [])


def test_name_is_taken_once_and_there_are_not_too_many(boss: Client) -> None:
    saved(boss)
    answer = boss.post(url(), {"name": "Staff", "query": QUERY}, follow=True)
    assert "You have a filter of this name already." in answer.content.decode()
    for number in range(MOST):
        saved(boss, name=f"Number {number}")

    assert SavedFilter.objects.count() == MOST


def test_owner_renames_shares_and_deletes(boss: Client) -> None:
    saved(boss)
    row = SavedFilter.objects.get()

    boss.post(url(), {"do": "change", "filter": row.pk, "name": "All staff", "is_shared": "on"})

    row.refresh_from_db()
    assert (row.name, row.is_shared, row.query) == ("All staff", True, QUERY)
    assert "All staff" in boss.get(url()).content.decode()
    boss.post(url(), {"do": "delete", "filter": row.pk})
    assert not SavedFilter.objects.exists()


def test_shared_filter_is_seen_by_colleagues_and_by_no_other_tenant(boss: Client) -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    ana, ben, eve = (signed_in(clerk("view_user", tenant=tenant)) for tenant in (ours, ours, theirs))
    saved(ana, name="Mine")
    saved(ana, name="Ours", is_shared="on")
    saved(boss, name="Of the house", is_shared="on")

    assert chips(ana) == ["Mine", "Ours"]
    assert chips(ben) == ["Ours"]
    assert chips(eve) == []
    assert chips(boss) == ["Of the house"]


def test_filter_is_not_carried_into_another_tenant(boss: Client) -> None:
    """Its name and its search tell of the people of the one that its owner leaves."""
    acme, umbrella = TenantFactory.create(code="acme"), TenantFactory.create(code="umbrella")
    eva = clerk("view_user", tenant=acme)
    saved(signed_in(eva), name="Debtors of acme", is_shared="on")

    change_user(user_id=eva.pk, tenant=umbrella, actor=SYSTEM, now=NOW)

    assert chips(signed_in(clerk("view_user", tenant=umbrella))) == []
    assert chips(signed_in(eva)) == ["Debtors of acme"]


def test_nobody_changes_or_deletes_another_persons_filter(boss: Client) -> None:
    ana = signed_in(clerk("view_user"))
    saved(ana, name="Hers", is_shared="on")
    row = SavedFilter.objects.get()

    for sent in (
        {"do": "delete"},
        {"do": "change", "name": "Mine now"},
        {"do": "delete", "filter": "9" * 30},
    ):
        answer = boss.post(url(), {"filter": str(row.pk), **sent}, follow=True)
        assert "You have no such filter." in answer.content.decode()

    row.refresh_from_db()
    assert row.name == "Hers"


def test_filter_needs_the_permission_to_see_the_list(db: None) -> None:
    client = signed_in(clerk("view_role"))

    assert client.get(url()).status_code == 403
    assert client.post(url(), {"name": "x", "query": QUERY}).status_code == 403
    assert not SavedFilter.objects.exists()


def test_filters_go_with_their_owner(boss: Client) -> None:
    owner = clerk("view_user")
    saved(signed_in(owner))

    owner.delete()

    assert not SavedFilter.objects.exists()


def test_chips_cost_as_many_queries_for_eleven_as_for_one(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    saved(boss)
    boss.get(list_url(User))
    boss.get(list_url(User))
    with CaptureQueriesContext(connection) as few:
        boss.get(list_url(User))
    # The next request empties the log.
    cost, of_filters = len(few), [each for each in few if "savedfilter" in each["sql"]]
    for number in range(10):
        saved(boss, name=f"Number {number}")
    boss.get(list_url(User))

    with django_assert_num_queries(cost):
        boss.get(list_url(User))
    assert len(of_filters) == 1
