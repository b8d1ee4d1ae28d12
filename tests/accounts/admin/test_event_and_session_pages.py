"""The pages of one event and of one session, the list of events, and the picture of the keys' life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.admin.event_sentences import _SENTENCES, sentence_of
from accounts.admin.history import history_line
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.sealing import seal_settled_events
from accounts.keys.models import SigningKey
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.users import change_user
from tests.accounts.admin.browsing import act_on, clerk, list_url, page_url, save, signed_in
from tests.accounts.journeys import SYSTEM, row_of, start_session
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries


def assigned(person: User, *codes: str) -> AuditEvent:
    """Give exactly these roles; return the latest event."""
    roles = [RoleFactory.create(code=code) for code in codes]
    change_user(user_id=person.pk, roles=roles, actor=SYSTEM, now=timezone.now())
    return AuditEvent.objects.filter(subject_kind="user").order_by("-id")[0]


def results(client: Client, **query: str) -> set[str]:
    """Return the types of the events of the list."""
    return {event.type for event in client.get(list_url(AuditEvent), query).context["cl"].result_list}


def test_every_event_has_a_sentence_with_its_names() -> None:
    assert set(_SENTENCES) == set(EventType)
    for type_ in EventType:
        event = AuditEvent(type=str(type_), actor_label="<a>", subject_label="<b>", facts={"role": "<c>"})
        assert "{" not in sentence_of(event)
        assert "<a>" not in sentence_of(event)


def test_sentence_names_who_and_whom(boss: Client) -> None:
    save(boss, page_url(UserFactory.create(email="ana@example.org")), name="Another")

    page = boss.get(list_url(AuditEvent)).content.decode()

    assert "<b>boss@example.org</b> changed the account of <b>ana@example.org</b>" in page
    assert "user.changed" not in page.replace("type=user.changed", "")


def test_a_changed_list_tells_only_what_went_and_what_came() -> None:
    event = AuditEvent(
        type="role.changed",
        subject_kind="role",
        changes={"permissions": [["view_user", "add_user"], ["view_user", "view_role"]], "label": ["a", "b"]},
    )

    permissions, label = history_line(event).changes

    assert (permissions.removed, permissions.added) == (("add_user",), ("view_role",))
    assert (label.before, label.after, label.is_list) == ("a", "b", False)


def test_event_page_leads_to_actor_and_subject_and_folds_the_raw_event(boss: Client) -> None:
    ana = UserFactory.create()
    save(boss, page_url(ana), name="Another")
    event = AuditEvent.objects.get(type="user.changed")

    page = boss.get(page_url(event)).content.decode()

    assert f'href="{page_url(ana)}"' in page
    assert f'href="{page_url(User.objects.get(email="boss@example.org"))}"' in page
    assert "<details" in page
    assert "&quot;type&quot;: &quot;user.changed&quot;" in page
    ana.delete()
    assert f'href="{page_url(ana)}"' not in boss.get(page_url(event)).content.decode()


def test_event_page_tells_whether_the_event_is_what_was_sealed(boss: Client) -> None:
    event = assigned(UserFactory.create(), "editor")
    assert "not sealed yet" in boss.get(page_url(event)).content.decode()

    assert [seal.last_id >= event.pk for seal in seal_settled_events(now=timezone.now())] == [True]

    assert "as it was sealed" in boss.get(page_url(event)).content.decode()


def test_events_are_narrowed_by_person_actor_and_tenant(boss: Client) -> None:
    tenant = TenantFactory.create(code="ours")
    ana = UserFactory.create(tenant=tenant)
    assigned(ana, "editor")
    save(boss, page_url(ana), name="Another")

    assert results(boss, person=str(ana.pk)) == {"role.assigned", "user.changed"}
    assert results(boss, person=str(ana.pk), by="me") == {"user.changed"}
    assert "role.assigned" in results(boss, by="nobody")
    assert results(boss, tenant="ours") == {"role.assigned", "user.changed"}
    assert results(boss, person="garbage") == set()


def test_staff_of_a_tenant_see_no_event_or_session_of_another(db: None) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    stranger = UserFactory.create(tenant=theirs, email="stranger@example.org")
    event, session = assigned(stranger, "editor"), row_of(start_session(stranger, now=timezone.now()))
    client = signed_in(clerk("view_auditevent", "view_refreshsession", "view_user", tenant=ours))

    for row in (event, session):
        assert client.get(page_url(row)).status_code == 302
        assert "stranger" not in client.get(list_url(row)).content.decode()
    assert results(client, person=str(stranger.pk)) == set()
    assert "stranger" not in client.get(list_url(event), {"person": str(stranger.pk)}).content.decode()
    assert results(client, tenant="theirs", by=str(stranger.pk)) == set()


def test_session_page_shows_what_it_carries_and_what_happened(boss: Client) -> None:
    ana = UserFactory.create(email="ana@example.org", roles=["lector"])
    session = row_of(start_session(ana, now=timezone.now()))
    assigned(ana, "editor")

    answer = boss.get(page_url(session))

    page = answer.content.decode()
    assert f'href="{page_url(ana)}"' in page
    assert answer.context["refreshes"] == 0
    assert {each.difference.path for each in answer.context["carried"].differences} == {"user_roles"}
    assert [line.event.type for line in answer.context["lines"]] == ["refresh_session.started"]
    assert f'name="_selected_action" value="{session.pk}"' in page


def test_ended_session_has_nothing_to_end_and_says_why(boss: Client) -> None:
    session = row_of(start_session(UserFactory.create(), now=timezone.now()))
    assert act_on(boss, [session], "end_selected", audit_why="Lost phone").status_code == 302

    page = boss.get(page_url(session)).content.decode()

    assert "ended by an administrator" in page
    assert "Lost phone" in page
    assert "_selected_action" not in page


def test_session_page_shows_no_more_than_its_reader_may_see(db: None) -> None:
    ana = UserFactory.create()
    session = row_of(start_session(ana, now=timezone.now()))
    client = signed_in(clerk("view_refreshsession"))

    answer = client.get(page_url(session))

    page = answer.content.decode()
    assert (answer.context["carried"], answer.context["lines"]) == (None, [])
    assert page_url(ana) not in page
    assert "_selected_action" not in page


@pytest.mark.parametrize("model", [AuditEvent, RefreshSession, SigningKey])
def test_pages_take_few_queries(
    boss: Client, model: type[Model], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana = UserFactory.create(roles=["lector"])
    for _number in range(5):
        start_session(ana, now=timezone.now())
    row: Model = QuerySet(model).order_by("pk")[0]
    boss.get(page_url(row))

    with django_assert_max_num_queries(24):
        boss.get(page_url(row))


def test_life_of_the_keys_stands_above_their_list(boss: Client) -> None:
    answer = boss.get(list_url(SigningKey))

    [life] = answer.context["lives"]
    assert [len(stage.keys) for stage in life.stages] == [0, 1, 0, 0]
    assert (str(life.step), life.is_due) == ("makes and publishes the next key", True)
    page = answer.content.decode()
    assert 'name="action" value="revoke_selected"' in page
    key = SigningKey.objects.get()
    assert f'name="_selected_action" value="{key.pk}"' in boss.get(page_url(key)).content.decode()
    looking = signed_in(clerk("view_signingkey"))
    for url in (list_url(key), page_url(key)):
        assert '_selected_action" value' not in looking.get(url).content.decode()
        assert "sealed_private" not in looking.get(url).content.decode()
