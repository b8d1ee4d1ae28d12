"""Lists of very many rows: counted up to a bound, searched by indexes, and honest about both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin import bulk_changes, choice_filters, long_lists
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.services.users import assign_role, change_user, delete_user
from tests.accounts.admin.browsing import act_on, list_url
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.db.models import QuerySet
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


# --- Search.


def test_sessions_are_found_by_their_person_or_whole_id(boss: Client) -> None:
    user, other = UserFactory.create(name="Ana María"), UserFactory.create()
    sid = start_session(user, now=NOW).sid
    start_session(other, now=NOW)

    for term in ("maría", user.email, str(sid), sid.hex):
        assert [session.pk for session in listed(boss, RefreshSession, q=term)] == [sid], term
    assert len(listed(boss, RefreshSession, q="")) == 2


def test_events_are_found_by_who_did_it_to_whom_and_what_it_is_called(boss: Client) -> None:
    ana = UserFactory.create(name="Ana María", email="ana@example.org")
    bob = UserFactory.create()
    role = RoleFactory.create(code="editor", label="Editor")
    assign_role(user_id=ana.pk, role=role, actor=SYSTEM, now=NOW)
    change_user(user_id=bob.pk, name="Bobby", actor=SYSTEM, now=NOW)
    acted = AuditEvent.objects.create(
        type="role.changed",
        at=NOW,
        actor_sub=ana.pk,
        actor_label=ana.email,
        subject_kind="role",
        subject_id=str(role.pk),
        subject_label="Editor (editor)",
    )
    about = AuditEvent.objects.get(type="role.assigned")

    for term in ("ana maría", "ANA@example", str(ana.pk), ana.pk.hex):
        assert [event.pk for event in listed(boss, AuditEvent, q=term)] == [acted.pk, about.pk], term
    assert listed(boss, AuditEvent, q="Editor (editor)") == [acted]
    assert listed(boss, AuditEvent, q="nobody") == []


def test_events_about_a_deleted_person_are_found_by_the_address_they_had(boss: Client) -> None:
    ana = UserFactory.create(email="ana@example.org")
    delete_user(user_id=ana.pk, actor=SYSTEM, now=NOW)

    assert [event.type for event in listed(boss, AuditEvent, q="ana@example.org")] == ["user.deleted"]


def test_a_search_that_finds_too_many_people_says_so(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin.audit_events.MOST_PEOPLE", 2)
    UserFactory.create_batch(3, name="Same Name")

    assert "More than 2 people" in text_of(boss, AuditEvent, q="same name")


# --- Plans.


def plan_of(rows: QuerySet[Any]) -> str:
    """Return the plan of a table that is long: PostgreSQL reads short ones from end to end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (AuditEvent.objects.filter(subject_label="x").order_by("-id"), "audit_by_label"),
        (AuditEvent.objects.filter(type="x").order_by("-id"), "audit_by_type"),
        (AuditEvent.objects.order_by("-at", "-pk"), "audit_by_time"),
        (
            RefreshSession.objects.filter(end_reason="reuse")
            .exclude(end_reason="")
            .order_by("-last_used_at"),
            "session_by_end_reason",
        ),
        (
            RefreshSession.objects.filter(ended_at=None, idle_expires_at__lte=NOW).order_by(
                "-idle_expires_at", "-pk"
            )[:10],
            "session_by_",
        ),
        (User.objects.order_by("name", "pk"), "user_by_name"),
    ],
)
def test_lists_read_by_an_index(rows: QuerySet[Any], index: str) -> None:
    assert index in plan_of(rows)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db
def test_parts_of_names_and_addresses_are_found_by_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")  # as it costs with a million people
    assert "user_email_trigrams" in plan_of(User.objects.filter(email__icontains="garcia"))
    assert "user_name_trigrams" in plan_of(User.objects.filter(name__icontains="García"))
