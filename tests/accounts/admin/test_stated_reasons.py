"""Why an administrator made a change: asked before saving, kept in the event, shown wherever events are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.audit.canonical import event_lines
from accounts.audit.models import AuditEvent
from tests.accounts.admin.browsing import act_on, form_values, list_url, page_url, seen, shows_impact
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from accounts.models import Role, User

WHY = 'Ticket 4711: <b>moved</b> & "on leave"'
ESCAPED = "Ticket 4711: &lt;b&gt;moved&lt;/b&gt; &amp; &quot;on leave&quot;"


def asked_to_deactivate(client: Client, user: User) -> Any:
    """Return the page that says what deactivating does."""
    values = form_values(client.get(page_url(user)))
    values.pop("is_active")
    answer = client.post(page_url(user), values)
    assert shows_impact(answer)
    return answer


def deactivated(client: Client, user: User, why: str) -> AuditEvent:
    """Confirm it with a reason; return its event."""
    answer = client.post(page_url(user), seen(asked_to_deactivate(client, user)) | {"audit_why": why})
    assert answer.status_code == 302
    return AuditEvent.objects.get(type="user.deactivated")


def test_reason_is_kept_and_shown_in_history_event_and_list_without_markup(boss: Client) -> None:
    alice = UserFactory.create()

    event = deactivated(boss, alice, WHY)

    assert event.facts["why"] == WHY
    for url in (page_url(alice, "history"), page_url(event), list_url(AuditEvent)):
        page = boss.get(url).content.decode()
        assert ESCAPED in page, url
        assert "<b>moved</b>" not in page, url


def test_reason_is_in_the_export(boss: Client) -> None:
    event = deactivated(boss, UserFactory.create(), "Ticket 4711")

    [(_pk, line)] = event_lines(first_id=event.pk, last_id=event.pk)

    assert b'"why":"Ticket 4711"' in line


def test_no_reason_leaves_no_fact(boss: Client) -> None:
    assert "why" not in deactivated(boss, UserFactory.create(), " \n ").facts


def test_reason_is_one_short_line_of_characters_that_are_seen(boss: Client) -> None:
    event = deactivated(boss, UserFactory.create(), "a\x00b\u202ec\r\nd " + "x" * 5000)

    assert str(event.facts["why"]).startswith("a b c d xxx")
    assert len(event.facts["why"]) == 300


def test_reason_goes_with_the_password_page(boss: Client, settings: Settings) -> None:
    alice = UserFactory.create()
    sent = seen(asked_to_deactivate(boss, alice)) | {"audit_why": "Ticket 4711"}
    settings.AUTHSITE_PASSWORD_WINDOW = timedelta(0)

    page = boss.post(page_url(alice), sent).content.decode()

    assert 'name="audit_why" id="id_audit_why" value="Ticket 4711"' in page
    assert page.count('name="audit_why"') == 1
    assert not AuditEvent.objects.filter(type="user.deactivated").exists()


def test_reason_of_a_bulk_change_is_kept_for_each_person(boss: Client) -> None:
    lector: Role = RoleFactory.create(code="lector")
    people = [UserFactory.create(), UserFactory.create()]

    answer = act_on(boss, people, "assign_role", role=str(lector.pk), audit_why="Reorganisation")

    assert answer.status_code == 302
    events = AuditEvent.objects.filter(type="role.assigned")
    assert [event.facts["why"] for event in events] == ["Reorganisation", "Reorganisation"]
