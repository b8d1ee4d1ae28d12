"""Lists take as many queries for thirty rows as for three."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import list_url
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client


def grow(number: int) -> None:
    """Add one row to every list, each with rows of its own to point at."""
    tenant = TenantFactory.create()
    department = DepartmentFactory.create(tenant=tenant, parent=Department.objects.first())
    user = UserFactory.create(
        tenant=tenant, department=department, roles=[f"first-{number}", f"second-{number}"]
    )
    RoleFactory.create(code=f"alone-{number}")
    Audience.objects.create(code=f"audience-{number}", label="Audience")
    start_session(user, now=NOW)


def queries(client: Client, model: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(list_url(model))
        assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", [User, Role, Department, Tenant, Audience, RefreshSession, AuditEvent])
def test_list_takes_as_many_queries_for_thirty_rows_as_for_three(boss: Client, model: Any) -> None:
    for number in range(3):
        grow(number)
    queries(boss, model)
    few = queries(boss, model)
    for number in range(3, 30):
        grow(number)

    many = queries(boss, model)

    print(f"\n{model.__name__}: {few} queries at 3 rows, {many} at 30")  # noqa: T201 - the figure to report
    assert many == few
    assert few <= 15


def test_search_for_too_many_words_says_so(boss: Client) -> None:
    answer = boss.get(list_url(User), {"q": "a " * 2000})

    assert answer.status_code == 200
    assert "Search for at most 10 words." in answer.content.decode()


def test_finder_says_so_once(boss: Client) -> None:
    page = boss.get(reverse("admin:find"), {"q": "a " * 50}).content.decode()

    assert page.count("Search for at most 10 words.") == 1


@pytest.mark.parametrize(
    "asked",
    [
        "created_at__year=99999",
        "created_at__year=0",
        f"created_at__year={'9' * 40}",
        "id__in=1,2",
        "ui_preferences__contains=x",
    ],
)
def test_what_no_row_can_have_is_no_fault(boss: Client, asked: str) -> None:
    """Not even where the address says that it was wrong before."""
    for more in ("", "&e=1"):
        answer = boss.get(f"{list_url(User)}?{asked}{more}", follow=True)

        assert answer.status_code == 200


def test_lifetimes_are_not_read_from_an_address(boss: Client) -> None:
    assert boss.get(list_url(Audience), {"access_lifetime__in": "8"}).status_code == 400


def test_regular_expressions_are_not_tried(boss: Client) -> None:
    """SQLite tries them in Python: this one would take hours at this name."""
    UserFactory.create(name="a" * 40 + "!")

    for lookup in ("name__regex", "name__iregex", "tenant__code__regex"):
        assert boss.get(list_url(User), {lookup: "^(a+)+$"}).status_code == 400


def test_empty_list_says_so_and_offers_the_form(boss: Client) -> None:
    html = boss.get(list_url(Tenant), headers={"accept-language": "en"}).content.decode()

    assert "Nothing here yet." in html
    assert reverse("admin:accounts_tenant_add") in html[html.index("Nothing here yet.") :]
    assert 'name="action"' not in html
    assert "Show all" not in html


@pytest.mark.parametrize("narrowed_by", ["?q=nobody", "?state=retired"])
def test_list_that_was_narrowed_to_nothing_offers_all_of_it(boss: Client, narrowed_by: str) -> None:
    TenantFactory.create()

    html = boss.get(list_url(Tenant) + narrowed_by, headers={"accept-language": "en"}).content.decode()

    assert "Nothing matches" in html
    assert 'name="action"' not in html
    assert '<a href="?">Show all</a>' in html
    assert boss.get(list_url(Tenant) + "?state=in-force").content.decode().count('name="action"') == 1
