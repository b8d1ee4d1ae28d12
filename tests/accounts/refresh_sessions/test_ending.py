"""Ending sessions: one, all, all but one, and twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.errors import SessionEndedError, UnknownSessionError
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import (
    end_presented_session,
    end_refresh_session,
    end_refresh_sessions,
)
from tests.accounts.journeys import DAY, NOW, ORIGIN, SECOND, SYSTEM, refresh, row_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db


def endings() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type=EventType.REFRESH_SESSION_ENDED))


def end_one(user: User, sid: UUID) -> bool:
    return end_refresh_session(
        user_id=user.id, sid=sid, reason=EndReason.ENDED_BY_SUBJECT, actor=SYSTEM, now=NOW
    )


def test_an_ended_session_is_not_refreshed_any_more(alice: User, phone: IssuedTokens) -> None:
    assert end_one(alice, phone.sid)

    with pytest.raises(SessionEndedError) as refusal:
        refresh(phone.refresh_token)
    assert refusal.value.facts["reason"] == "ended_by_subject"


def test_ending_twice_changes_and_records_nothing_more(alice: User, phone: IssuedTokens) -> None:
    assert end_one(alice, phone.sid)
    before = RefreshSession.objects.values().get()

    assert not end_one(alice, phone.sid)

    assert RefreshSession.objects.values().get() == before
    assert len(endings()) == 1


def test_somebody_elses_session_is_unknown(alice: User, phone: IssuedTokens) -> None:
    with pytest.raises(UnknownSessionError):
        end_one(UserFactory.create(), phone.sid)

    assert row_of(phone).ended_at is None


def test_ending_all_ends_every_live_session_with_one_event(alice: User, phone: IssuedTokens) -> None:
    laptop, stranger = start_session(alice), start_session(UserFactory.create())

    ended = end_refresh_sessions(user=alice, reason=EndReason.DEACTIVATED, actor=SYSTEM, now=NOW)

    assert ended == 2
    (event,) = endings()
    assert event.facts == {"reason": "deactivated", "sids": sorted([str(phone.sid), str(laptop.sid)])}
    assert row_of(stranger).ended_at is None


def test_ending_all_others_keeps_the_one_that_asks(alice: User, phone: IssuedTokens) -> None:
    laptop = start_session(alice)

    ended = end_refresh_sessions(
        user=alice, reason=EndReason.ENDED_BY_SUBJECT, actor=SYSTEM, now=NOW, keep=phone.sid
    )

    assert ended == 1
    assert row_of(phone).ended_at is None
    assert row_of(laptop).ended_at == NOW


def test_ending_none_records_nothing(alice: User) -> None:
    assert end_refresh_sessions(user=alice, reason=EndReason.DEACTIVATED, actor=SYSTEM, now=NOW) == 0
    assert endings() == []


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_logout_ends_the_session_with_a_token_of_any_generation(phone: IssuedTokens, steps: int) -> None:
    token = phone.refresh_token
    for _step in range(steps):
        token = refresh(token).refresh_token

    end_presented_session(presented=phone.refresh_token, origin=ORIGIN, now=NOW + DAY)

    assert (row_of(phone).end_reason, row_of(phone).ended_at) == ("logout", NOW + DAY)


def test_logout_is_recorded_as_done_by_the_person_from_where_they_are(
    alice: User, phone: IssuedTokens
) -> None:
    end_presented_session(presented=phone.refresh_token, origin=ORIGIN, now=NOW)
    end_presented_session(presented=phone.refresh_token, origin=ORIGIN, now=NOW + SECOND)

    (event,) = endings()
    assert (event.actor_sub, event.ip, event.at) == (alice.id, "192.0.2.1", NOW)


def test_logout_with_a_forged_token_changes_nothing(phone: IssuedTokens) -> None:
    forged = phone.refresh_token[:-1] + ("A" if phone.refresh_token[-1] != "A" else "B")

    end_presented_session(presented=forged, origin=ORIGIN, now=NOW)

    assert row_of(phone).ended_at is None
    assert endings() == []
