"""The timeline of a person: what happened to them, what they did, kinds, and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.admin.users import timeline_page
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import record_event
from accounts.services.users import assign_role, change_user
from tests.accounts.admin.browsing import clerk, page_url, signed_in
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.audit.actors import Actor
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return UserFactory.create(email="ana@example.org")


def types(client: Client, user: User, **typed: Any) -> list[str]:
    return [line.event.type for line in page(client, user, **typed)["lines"]]


def page(client: Client, user: User, **typed: Any) -> Any:
    answer = client.get(page_url(user, "timeline"), typed)
    assert answer.status_code == 200
    return answer.context


def record(type_: EventType, about: User, actor: Actor = SYSTEM, count: int = 1) -> None:
    for _ in range(count):
        record_event(type=type_, actor=actor, subject=about.as_audit_subject(), now=NOW)


def test_kinds_are_told_apart_and_the_newest_comes_first(boss: Client, ana: User) -> None:
    start_session(ana, now=timezone.now())
    assign_role(user_id=ana.pk, role=RoleFactory.create(code="editor"), actor=SYSTEM, now=timezone.now())
    record(EventType.CREDENTIALS_REJECTED, ana)

    assert types(boss, ana) == ["credentials.rejected", "role.assigned", "refresh_session.started"]
    assert types(boss, ana, kind="logins") == ["credentials.rejected", "refresh_session.started"]
    assert types(boss, ana, kind="changes") == ["role.assigned"]
    assert types(boss, ana, kind="sessions") == ["refresh_session.started"]
    assert types(boss, ana, kind="nonsense", before="x", side="?") == types(boss, ana)


def test_every_type_of_event_is_of_some_kind() -> None:
    kinds = [types for _label, types in timeline_page._KINDS.values() if types is not None]  # noqa: SLF001 - the table

    assert {type_ for types in kinds for type_ in types} == set(EventType)


def test_what_somebody_did_to_others_is_apart_from_what_they_did_to_themselves(
    boss: Client, ana: User
) -> None:
    bob = UserFactory.create()
    record(EventType.USER_CHANGED, bob, actor=ana.as_actor())
    record(EventType.PASSWORD_CHANGED, ana, actor=ana.as_actor())

    assert types(boss, ana) == ["password.changed"]
    assert types(boss, ana, side="done") == ["user.changed"]


def test_what_somebody_did_is_for_those_who_may_read_events(ana: User) -> None:
    record(EventType.USER_CHANGED, UserFactory.create(), actor=ana.as_actor())
    client = signed_in(clerk("view_user"))

    context = page(client, ana, side="done")

    assert context["lines"] == []
    assert len(context["sides"]) == 1


def test_pages_follow_each_other_without_a_gap(boss: Client, ana: User) -> None:
    record(EventType.CREDENTIALS_REJECTED, ana, count=35)
    record(EventType.USER_CHANGED, ana, count=35)

    for kind, total in (("", 70), ("logins", 35)):
        seen, query = [], f"?kind={kind}"
        while query:
            context = boss.get(page_url(ana, "timeline") + query).context
            seen += [line.event.pk for line in context["lines"]]
            query = context["older"]
        assert len(seen) == len(set(seen)) == total
        assert seen == sorted(seen, reverse=True)


def test_a_long_log_is_looked_through_in_stretches(
    boss: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_page, "STRETCH", 10)
    record(EventType.ROLE_ASSIGNED, ana)
    record(EventType.CREDENTIALS_REJECTED, ana, count=25)

    first = page(boss, ana, kind="changes")
    assert first["lines"] == []
    assert first["looked_until"] == NOW
    second = boss.get(page_url(ana, "timeline") + first["older"]).context
    third = boss.get(page_url(ana, "timeline") + second["older"]).context
    assert second["lines"] == []
    assert [line.event.type for line in third["lines"]] == ["role.assigned"]
    assert third["older"] == ""


@pytest.mark.parametrize("typed", [{}, {"kind": "logins"}, {"side": "done"}])
def test_a_page_costs_the_same_however_many_events_there_are(
    boss: Client, ana: User, typed: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record(EventType.CREDENTIALS_REJECTED, ana, count=3)
    record(EventType.USER_CHANGED, UserFactory.create(), actor=ana.as_actor(), count=3)
    page(boss, ana, **typed)
    cost = 8 if not typed else 9
    with django_assert_num_queries(cost):
        page(boss, ana, **typed)
    record(EventType.CREDENTIALS_REJECTED, ana, count=60)
    record(EventType.USER_CHANGED, UserFactory.create(), actor=ana.as_actor(), count=60)

    with django_assert_num_queries(cost):
        page(boss, ana, **typed)


def test_staff_of_a_tenant_read_no_event_of_another(ana: User) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    change_user(user_id=ana.pk, tenant=theirs, actor=SYSTEM, now=NOW)
    record(EventType.PASSWORD_CHANGED, UserFactory.create(tenant=theirs), actor=ana.as_actor())
    ana.refresh_from_db()
    record(EventType.CREDENTIALS_REJECTED, ana)
    change_user(user_id=ana.pk, tenant=ours, actor=SYSTEM, now=NOW)
    ana.refresh_from_db()
    record(EventType.LIMIT_REACHED, ana)
    client = signed_in(clerk("view_user", "view_auditevent", tenant=ours))

    seen = types(client, ana)

    assert seen[0] == "limit.reached"
    assert "credentials.rejected" not in seen
    assert types(client, ana, side="done") == []
    assert not AuditEvent.objects.filter(type__in=seen, tenant="").exclude(subject_id=str(ana.pk)).exists()
