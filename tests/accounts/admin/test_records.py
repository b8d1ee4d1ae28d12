"""Sessions, audit events and signing keys: read, and sessions ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.admin.event_words import EVENT_WORDS
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.keys.models import SigningKey
from accounts.models import User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    event_types,
    list_url,
    page_url,
    save,
    signed_in,
    superuser,
)
from tests.accounts.journeys import NOW, row_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from django.test import Client


def test_selected_sessions_end_and_the_others_go_on(boss: Client) -> None:
    alice = UserFactory.create()
    first, second = row_of(start_session(alice, now=NOW)), row_of(start_session(alice, now=NOW))

    assert act_on(boss, [first], "end_selected").status_code == 302

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.end_reason == EndReason.ENDED_BY_ADMINISTRATOR
    assert second.ended_at is None
    assert event_types()[-1] == "refresh_session.ended"
    assert "Session ended" in boss.get(page_url(first, "history")).content.decode()
    assert "Session ended" not in boss.get(page_url(second, "history")).content.decode()


def test_session_of_a_superuser_is_not_ended_by_a_clerk(db: None) -> None:
    session = row_of(start_session(superuser(), now=NOW))
    client = signed_in(clerk("view_refreshsession", "change_refreshsession"))

    answer = act_on(client, [session], "end_selected")

    assert "may do more than yours" in answer.content.decode()
    session.refresh_from_db()
    assert session.ended_at is None


def test_who_may_only_look_cannot_end_sessions(db: None) -> None:
    session = row_of(start_session(UserFactory.create(), now=NOW))

    act_on(signed_in(clerk("view_refreshsession")), [session], "end_selected")

    session.refresh_from_db()
    assert session.ended_at is None


@pytest.mark.parametrize("state", ["live", "ended", "expired"])
def test_sessions_are_narrowed_by_state(boss: Client, state: str) -> None:
    start_session(UserFactory.create(), now=NOW)

    assert boss.get(list_url(RefreshSession), {"state": state}).status_code == 200


@pytest.mark.parametrize("model", [RefreshSession, AuditEvent])
def test_records_are_written_by_no_form(boss: Client, model: type[RefreshSession]) -> None:
    start_session(UserFactory.create(), now=NOW)
    row = model._default_manager.first()  # noqa: SLF001 - either of the two
    assert row is not None
    before = list(model._default_manager.values())  # noqa: SLF001 - as above

    answers = [boss.post(page_url(row, page), {"post": "yes"}) for page in ("change", "delete")]
    answers.append(boss.post(list_url(model) + "add/", {}))

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert list(model._default_manager.values()) == before  # noqa: SLF001 - as above


def test_private_key_is_neither_shown_nor_searched(boss: Client) -> None:
    start_session(UserFactory.create(), now=NOW)
    key = SigningKey.objects.get()

    page = boss.get(page_url(key)).content.decode()

    assert "sealed_private_jwk" not in page
    assert key.kid in page
    assert boss.get(list_url(SigningKey), {"sealed_private_jwk__contains": "a"}).status_code in {302, 400}


def test_event_shows_what_changed(boss: Client) -> None:
    alice = UserFactory.create()
    act_on(boss, [alice], "deactivate")

    page = boss.get(page_url(AuditEvent.objects.get(type="user.deactivated"))).content.decode()

    assert "User deactivated" in page
    assert ">yes</td>" in page
    assert ">no</td>" in page


def test_created_person_is_shown_with_what_was_written_and_nothing_else(boss: Client) -> None:
    save(boss, add_url(User), email="new@example.org", name="New", ui_preferences='{"theme": "dark"}')

    page = boss.get(page_url(User.objects.get(email="new@example.org"), "history")).content.decode()

    assert "<ins>{&quot;theme&quot;: &quot;dark&quot;}</ins>" in page
    assert "<ins>—</ins>" not in page


def test_events_are_narrowed_and_searched(boss: Client) -> None:
    act_on(boss, [UserFactory.create()], "deactivate")

    for query in ({"type": "user.deactivated"}, {"kind": "user", "q": "boss"}):
        found = boss.get(list_url(AuditEvent), query).context["cl"].result_list
        assert "user.deactivated" in [event.type for event in found]


def test_every_event_type_has_words() -> None:
    assert set(EventType) == set(EVENT_WORDS)
