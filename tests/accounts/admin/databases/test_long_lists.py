"""Lists of very many rows: counted up to a bound, searched by indexes, and honest about both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin import bounded_counts, bulk_changes, choice_filters, long_lists
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from tests.accounts.admin.browsing import act_on, list_url
from tests.accounts.journeys import start_session
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

MOST = 12


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count up to a few rows only."""
    monkeypatch.setattr(long_lists, "MOST_COUNTED", MOST)
    monkeypatch.setattr(bulk_changes, "MOST_COUNTED", MOST)


def listed(client: Client, model: Any, **query: Any) -> list[Any]:
    answer = client.get(list_url(model), query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def text_of(client: Client, model: Any, **query: Any) -> str:
    return client.get(list_url(model), query).content.decode()


def test_fewer_rows_than_the_bound_are_counted(boss: Client, bound: None) -> None:
    UserFactory.create_batch(3)

    text = text_of(boss, User)

    assert "4 users" in text
    assert "more than" not in text


def test_more_rows_than_the_bound_are_said_to_be_more(boss: Client, bound: None) -> None:
    UserFactory.create_batch(MOST + 1)

    text = text_of(boss, User)

    assert f"more than {MOST} users" in text
    assert f"{MOST} results" not in text
    assert len(listed(boss, User)) == MOST


def test_every_page_up_to_the_bound_is_there_and_none_beyond(
    boss: Client, bound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory.create_batch(MOST + 5)
    monkeypatch.setattr("accounts.admin.users.user_admin.UserAdmin.list_per_page", 5)

    pages = [listed(boss, User, p=number) for number in (1, 2, 3)]

    emails = list(User.objects.order_by("email").values_list("email", flat=True))
    assert [user.email for page in pages for user in page] == emails[:MOST]
    assert boss.get(list_url(User), {"p": 4}).status_code == 302


@pytest.mark.parametrize("query", [{}, {"q": "person"}, {"o": "-1"}, {"is_active__exact": "1"}])
def test_a_search_and_a_filter_take_as_many_queries_for_many_rows(
    boss: Client, query: dict[str, str]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            boss.get(list_url(User), query)
        return len(captured)

    tenant = TenantFactory.create()
    UserFactory.create_batch(3, tenant=tenant, department=DepartmentFactory.create(tenant=tenant))
    queries()
    few = queries()
    UserFactory.create_batch(60, tenant=tenant)

    assert queries() == few


@pytest.mark.django_db
def test_a_row_that_is_deleted_meanwhile_is_left_out() -> None:
    UserFactory.create_batch(3)
    paginator = long_lists.BoundedPaginator(User.objects.order_by("email"), 10)
    assert paginator.count == 3
    User.objects.filter(email=User.objects.order_by("email")[0].email).delete()

    assert len(paginator.page(1).object_list) == 2


def test_an_action_for_more_rows_than_the_bound_is_refused(boss: Client, bound: None) -> None:
    people = UserFactory.create_batch(MOST + 1)

    answer = act_on(boss, people, "deactivate")

    assert answer.status_code == 302
    assert f"more than {MOST} at once" in text_of(boss, User)
    assert not User.objects.filter(is_active=False).exists()


# --- Dates.


def event_at(at: datetime) -> AuditEvent:
    return AuditEvent.objects.create(type="user.changed", at=at, subject_kind="role", subject_id="1")


def test_the_dates_offered_are_those_between_the_first_and_the_last(boss: Client) -> None:
    now = timezone.now()
    event_at(now.replace(year=now.year - 1, month=11, day=5))

    with CaptureQueriesContext(connection) as captured:
        text = text_of(boss, AuditEvent)

    assert f"at__year={now.year - 1}" in text
    assert f"at__year={now.year}" in text
    assert not any("DISTINCT" in query["sql"] for query in captured)
    months = text_of(boss, AuditEvent, at__year=now.year - 1)
    assert f"at__month=11&amp;at__year={now.year - 1}" in months
    assert f"at__month=12&amp;at__year={now.year - 1}" in months
    assert f"at__month=10&amp;at__year={now.year - 1}" not in months
    days = text_of(boss, AuditEvent, at__year=now.year - 1, at__month=11)
    assert "at__day=5&amp;" in days
    assert "at__day=30&amp;" in days
    assert "at__day=4&amp;" not in days


def test_a_day_shows_its_events_the_latest_first(boss: Client) -> None:
    day = timezone.make_aware(datetime(2026, 3, 2, 12))  # noqa: DTZ001 - made aware
    late, early = event_at(day), event_at(day - timedelta(hours=1))
    event_at(day - timedelta(days=1))

    shown = listed(boss, AuditEvent, at__year=2026, at__month=3, at__day=2)

    assert [event.pk for event in shown] == [late.pk, early.pk]


def test_dates_that_are_none_are_no_fault(boss: Client) -> None:
    event_at(timezone.now())

    assert boss.get(list_url(AuditEvent), {"at__year": "x"}).status_code in {200, 302}


def test_a_list_of_nothing_has_no_dates(boss: Client) -> None:
    assert not listed(boss, RefreshSession)


# --- Filters.


def test_a_filter_of_too_many_rows_offers_none_and_shows_the_chosen_one(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice_filters, "MOST_CHOICES", 2)
    departments = DepartmentFactory.create_batch(3)
    user = UserFactory.create(department=departments[0])
    UserFactory.create(department=departments[1])

    assert f"department__id__exact={departments[1].pk}" not in text_of(boss, User)
    chosen = {"department__id__exact": departments[0].pk}
    assert str(departments[0]) in text_of(boss, User, **chosen)
    assert listed(boss, User, **chosen) == [user]
    assert f"department__id__exact={departments[0].pk}" in text_of(boss, Department)


def test_people_are_narrowed_to_those_who_hold_a_role(boss: Client) -> None:
    holder = UserFactory.create(roles=["one", "two"])
    UserFactory.create(roles=["two"])
    role = Role.objects.get(code="one")

    assert listed(boss, User, roles__id__exact=role.pk) == [holder]
    assert f"roles__id__exact={role.pk}" in text_of(boss, Role)
    assert len(listed(boss, User, roles__id__exact="x")) == 3


def test_of_a_role_that_very_many_hold_fewer_people_are_counted(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice_filters, "COMMON", 2)
    monkeypatch.setattr(choice_filters, "COUNTED_WHERE_COMMON", 3)
    holders = UserFactory.create_batch(5, roles=["common"])
    UserFactory.create_batch(2, roles=["other"])
    common, other = (Role.objects.get(code=code) for code in ("common", "other"))

    first = sorted(holder.email for holder in holders)[:3]
    assert [user.email for user in listed(boss, User, roles__id__exact=common.pk)] == first
    assert "more than 3 users" in text_of(boss, User, roles__id__exact=common.pk)
    assert len(listed(boss, User, roles__id__exact=other.pk)) == 2


def test_a_page_is_read_by_its_keys_alone(boss: Client) -> None:
    """With the filter beside them, SQLite would go through all that the filter finds."""
    start_session(UserFactory.create(), now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        listed(boss, RefreshSession, state="live")

    rows = [query["sql"] for query in captured if '"sid" IN (' in query["sql"]]
    assert len(rows) == 1
    assert '"ended_at" IS NULL' not in rows[0]


def test_people_beside_roles_and_departments_are_counted_up_to_a_bound(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_counts, "COUNTED", 2)
    department = DepartmentFactory.create()
    UserFactory.create_batch(3, roles=["many"], department=department, tenant=department.tenant)
    UserFactory.create_batch(2, roles=["few"])

    roles = text_of(boss, Role)

    many, few = (Role.objects.get(code=code).pk for code in ("many", "few"))
    assert f'roles__id__exact={many}">2+</a>' in roles
    assert f'roles__id__exact={few}">2</a>' in roles
    assert f'department__id__exact={department.pk}">2+</a>' in text_of(boss, Department)


def test_a_tenant_leads_to_its_people(boss: Client) -> None:
    tenant = TenantFactory.create()

    assert f"tenant__id__exact={tenant.pk}" in text_of(boss, Tenant)


def test_sessions_are_narrowed_by_their_end(boss: Client) -> None:
    user = UserFactory.create()
    now = timezone.now()
    live, ended, old, older = (
        RefreshSession.objects.get(sid=start_session(user, now=now - timedelta(days=days)).sid)
        for days in (1, 2, 40, 50)
    )
    RefreshSession.objects.filter(pk=ended.pk).update(ended_at=now, end_reason=EndReason.REUSE)

    assert listed(boss, RefreshSession, state="live") == [live]
    assert listed(boss, RefreshSession, state="ended") == [ended]
    assert listed(boss, RefreshSession, state="expired") == [old, older]
    assert listed(boss, RefreshSession, reason="reuse") == [ended]
    assert listed(boss, RefreshSession, reason="logout") == []
