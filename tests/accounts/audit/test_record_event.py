"""Recording audit events."""

from __future__ import annotations

import pytest

from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import AuditSubject, record_event
from accounts.services.users import delete_user
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_whom_from_where_and_when() -> None:
    alice = UserFactory.create()
    origin = Origin(ip="2001:db8::1", user_agent="curl", request_id="r-1")

    record_event(
        type=EventType.USER_CHANGED,
        actor=Actor(sub=alice.id, label=alice.email, origin=origin),
        subject=AuditSubject(kind="user", id=alice.id, label=alice.email, tenant="empresa_1"),
        now=NOW,
        changes={"name": ("Old", None)},
        facts={"why": "asked"},
    )

    event = AuditEvent.objects.get(type="user.changed")
    assert (event.type, event.at, event.actor_sub) == ("user.changed", NOW, alice.id)
    assert (event.subject_kind, event.subject_id, event.tenant) == ("user", str(alice.id), "empresa_1")
    assert (event.ip, event.user_agent, event.request_id) == ("2001:db8::1", "curl", "r-1")
    assert (event.changes, event.facts) == ({"name": ["Old", None]}, {"why": "asked"})


def test_texts_from_outside_are_shortened_to_what_the_table_holds() -> None:
    actor = Actor(sub=None, label="a" * 999, origin=Origin(user_agent="u" * 999, request_id="r" * 999))

    event = record_event(
        type=EventType.USER_CHANGED,
        actor=actor,
        subject=AuditSubject(kind="user", id="", label="s" * 999),
        now=NOW,
    )

    event.full_clean(exclude=["subject_id"])
    lengths = (event.actor_label, event.user_agent, event.request_id, event.subject_label)
    assert [len(text) for text in lengths] == [320, 255, 64, 320]


def test_events_outlive_their_subject() -> None:
    alice = UserFactory.create()
    delete_user(user_id=alice.id, actor=SYSTEM, now=NOW)

    assert AuditEvent.objects.get(type="user.deleted").subject_label == alice.email


@pytest.mark.parametrize("event_type", EventType)
def test_every_type_is_a_subject_and_a_verb_that_fits_the_column(event_type: EventType) -> None:
    subject, _dot, verb = event_type.partition(".")

    assert subject.replace("_", "").isalpha()
    assert verb.replace("_", "").isalpha()
    assert len(event_type) <= 64
