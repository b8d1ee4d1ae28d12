"""What is searched for in long lists is found, and the lists are read by an index."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from accounts.admin import choice_filters, people_search
from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.users import assign_role, change_user, delete_user
from tests.accounts.admin.browsing import list_url
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.test import Client


def listed(client: Client, model: Any, **query: Any) -> list[Any]:
    answer = client.get(list_url(model), query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def text_of(client: Client, model: Any, **query: Any) -> str:
    return client.get(list_url(model), query).content.decode()


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
    monkeypatch.setattr(people_search, "MOST_PEOPLE", 2)
    people = UserFactory.create_batch(3, name="Same Name")
    for person in people:
        start_session(person, now=NOW)

    assert "More than 2 people" in text_of(boss, AuditEvent, q="same name")
    assert "More than 2 people" in text_of(boss, RefreshSession, q="same name")
    assert len(listed(boss, RefreshSession, q="same name")) == 2


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have more people than SQLite compares with the words of a search."""
    monkeypatch.setattr(people_search, "MOST_COMPARED", 1)
    UserFactory.create(name="Ana María Pérez", email="amp@example.org")
    UserFactory.create(name="Bob Ana", email="bob@example.org")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has trigrams")
def test_among_too_many_people_sqlite_finds_beginnings_and_says_so(boss: Client, crowd: None) -> None:
    for term in ("ana", "ANA MARÍA", "Ana maría p", "amp@", "AMP@example"):
        found = [user.email for user in listed(boss, User, q=term)]
        assert found in (["amp@example.org"], []), term
    assert [user.email for user in listed(boss, User, q="ana")] == ["amp@example.org"]
    assert [user.email for user in listed(boss, User, q="AMP@exa")] == ["amp@example.org"]
    assert "how an e-mail or a name begins" in text_of(boss, User, q="ana")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has trigrams")
def test_the_holders_of_a_common_role_are_found_by_beginnings(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice_filters, "COMMON", 0)
    UserFactory.create(name="Ana Pérez", email="ana@example.org", roles=["common"])
    UserFactory.create(name="Ana Gil", email="gil@example.org")
    role = Role.objects.get(code="common").pk

    assert [user.email for user in listed(boss, User, q="ana", roles__id__exact=role)] == ["ana@example.org"]
    assert listed(boss, User, q="érez", roles__id__exact=role) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has trigrams")
def test_beginnings_are_told_of_once_where_people_are_searched_for_twice(boss: Client, crowd: None) -> None:
    assert boss.get(reverse("admin:find"), {"q": "ana"}).content.decode().count("name begins") == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has trigrams")
def test_a_list_that_is_narrowed_enough_is_searched_for_parts(boss: Client, crowd: None) -> None:
    assert [user.email for user in listed(boss, User, q="pérez", is_active__exact=0)] == []
    UserFactory.create(name="Eva Pérez", email="eva@example.org", is_active=False)
    assert [user.email for user in listed(boss, User, q="érez", is_active__exact=0)] == ["eva@example.org"]


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_postgresql_finds_parts_among_any_number(boss: Client, crowd: None) -> None:
    assert [user.email for user in listed(boss, User, q="érez")] == ["amp@example.org"]


# --- Plans.

NOBODY = UUID(int=0)


def plan_of(rows: QuerySet[Any]) -> str:
    """Return the plan of a long table: PostgreSQL reads short ones from end to end, or sorts them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
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
            .order_by("-last_used_at", "-pk"),
            "session_by_end_reason",
        ),
        (
            RefreshSession.objects.filter(ended_at=None, idle_expires_at__lte=NOW).order_by(
                "-idle_expires_at", "-pk"
            )[:10],
            "session_by_idle_expiry",
        ),
        (
            RefreshSession.objects.filter(ended_at=None, idle_expires_at__gt=NOW).order_by(
                "-last_used_at", "-pk"
            )[:10],
            "session_not_ended",
        ),
        (
            RefreshSession.objects.exclude(ended_at=None)
            .order_by("-last_used_at", "-pk")
            .values_list("pk")[:10],
            # Without statistics SQLite takes that of all sessions; a third of them has ended.
            "session_ended" if connection.vendor == "postgresql" else "session_by_use",
        ),
        (RefreshSession.objects.order_by("-last_used_at", "-pk").values_list("pk")[:10], "session_by_use"),
        (
            RefreshSession.objects.filter(user=NOBODY).order_by("ended_at", "-last_used_at"),
            "session_by_user",
        ),
        (RefreshSession.objects.filter(ended_at__lt=NOW).order_by("ended_at"), "session_by_end"),
        (User.objects.filter(is_staff=True).order_by("email"), "user_staff"),
        (User.objects.filter(is_active=False).order_by("email"), "user_inactive"),
        (User.objects.order_by("name", "pk"), "user_by_name"),
    ],
)
def test_lists_read_by_an_index(rows: QuerySet[Any], index: str) -> None:
    assert index in plan_of(rows)


@pytest.mark.django_db
def test_the_live_sessions_of_an_audience_are_read_by_its_index() -> None:
    user = UserFactory.create()
    first = RefreshSession.objects.get(sid=start_session(user, now=NOW).sid)
    rows = [copy(first) for _number in range(500)]
    for row in rows:
        row.sid = uuid4()
    RefreshSession.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE refresh_sessions_refreshsession")

    live = RefreshSession.objects.live(at=NOW).filter(audience__code="another").order_by("-last_used_at")

    assert "session_by_audience" in plan_of(live[:10])


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db
def test_parts_of_names_and_addresses_are_found_by_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")  # as it costs with a million people
    assert "user_email_trigrams" in plan_of(User.objects.filter(email__icontains="garcia").order_by())
    assert "user_name_trigrams" in plan_of(User.objects.filter(name__icontains="García").order_by())
