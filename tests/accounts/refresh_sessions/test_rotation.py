"""Refreshing: steps, lost answers, late retries and thieves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.errors import InvalidRefreshTokenError, ReuseDetectedError, SessionEndedError
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.opaque_tokens import make_device_token, make_refresh_token
from tests.accounts.journeys import AFTER_GRACE, DAY, GRACE, NOW, claims_of, refresh, row_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db


def events_of(kind: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type=f"refresh_session.{kind}"))


def token_of(tokens: IssuedTokens, generation: int) -> str:
    return make_refresh_token(sid=tokens.sid, generation=generation, secret_version=1)


def test_a_refresh_goes_one_generation_on_with_new_tokens(phone: IssuedTokens) -> None:
    after = refresh(phone.refresh_token, now=NOW + DAY)

    assert row_of(phone).generation == 2
    assert after.refresh_token == token_of(phone, 2)
    assert after.access_token != phone.access_token
    assert claims_of(after.access_token, now=NOW + DAY)["sid"] == str(phone.sid)


def test_a_refresh_says_what_has_changed_since_the_login(alice: User, phone: IssuedTokens) -> None:
    alice.roles.clear()

    assert claims_of(refresh(phone.refresh_token).access_token)["user_roles"] == []


def test_a_lost_answer_within_the_grace_period_is_given_again_byte_by_byte(phone: IssuedTokens) -> None:
    lost = refresh(phone.refresh_token)
    again = [refresh(phone.refresh_token, now=NOW + GRACE) for _retry in range(3)]

    assert {tokens.refresh_token for tokens in again} == {lost.refresh_token}
    assert row_of(phone).generation == 2


def test_refresh_token_used_twice_ends_the_session(phone: IssuedTokens) -> None:
    stolen = refresh(phone.refresh_token)

    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, now=NOW + AFTER_GRACE)

    assert row_of(phone).end_reason == "reuse"
    with pytest.raises(SessionEndedError):
        refresh(stolen.refresh_token, now=NOW + AFTER_GRACE)


def test_reuse_is_recorded_with_the_session_and_the_address(phone: IssuedTokens, alice: User) -> None:
    refresh(phone.refresh_token)
    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, now=NOW + AFTER_GRACE)

    (event,) = events_of("reused")
    assert event.facts == {"reason": "reuse", "sids": [str(phone.sid)]}
    assert (event.subject_id, event.actor_sub, event.ip) == (str(alice.id), None, "192.0.2.1")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_ending_survives_the_error_that_tells_of_it(phone: IssuedTokens) -> None:
    refresh(phone.refresh_token)
    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, now=NOW + AFTER_GRACE)

    assert row_of(phone).ended_at == NOW + AFTER_GRACE
    assert len(events_of("reused")) == 1


def test_an_older_generation_is_reuse_even_within_the_grace_period(phone: IssuedTokens) -> None:
    refresh(refresh(phone.refresh_token).refresh_token)

    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, device_token=phone.device_token)
    assert row_of(phone).end_reason == "reuse"


def test_a_late_retry_of_the_device_itself_gets_the_same_successor_and_is_recorded_once(
    phone: IssuedTokens,
) -> None:
    lost = refresh(phone.refresh_token)
    late = [
        refresh(phone.refresh_token, now=NOW + days * DAY, device_token=phone.device_token)
        for days in (1, 2, 3)
    ]

    assert {tokens.refresh_token for tokens in late} == {lost.refresh_token}
    (event,) = events_of("retried_late")
    assert (event.facts["generation"], event.facts["presented_generation"]) == (2, 1)


def test_late_retries_in_two_consecutive_generations_are_reuse(phone: IssuedTokens) -> None:
    second = refresh(phone.refresh_token)
    refresh(phone.refresh_token, now=NOW + DAY, device_token=phone.device_token)
    refresh(second.refresh_token, now=NOW + DAY)

    with pytest.raises(ReuseDetectedError):
        refresh(second.refresh_token, now=NOW + 2 * DAY, device_token=phone.device_token)
    assert row_of(phone).end_reason == "reuse"


def test_late_retries_with_a_good_generation_between_them_are_no_reuse(phone: IssuedTokens) -> None:
    second = refresh(phone.refresh_token)
    refresh(phone.refresh_token, now=NOW + DAY, device_token=phone.device_token)
    third = refresh(second.refresh_token, now=NOW + DAY)
    fourth = refresh(third.refresh_token, now=NOW + 2 * DAY)

    again = refresh(third.refresh_token, now=NOW + 3 * DAY, device_token=phone.device_token)

    assert again.refresh_token == fourth.refresh_token
    assert len(events_of("retried_late")) == 2


@pytest.mark.parametrize("whose", ["another device", "another account", "altered", "a refresh token"])
def test_a_late_predecessor_with_a_foreign_device_token_is_reuse(
    phone: IssuedTokens, alice: User, whose: str
) -> None:
    refresh(phone.refresh_token)
    mallory = UserFactory.create()
    foreign = {
        "another device": start_session(alice).device_token,
        "another account": make_device_token(sub=mallory.id, device_id=row_of(phone).device_id),
        "altered": phone.device_token[:-2] + ("AA" if phone.device_token[-2:] != "AA" else "QQ"),
        "a refresh token": phone.refresh_token,
    }[whose]

    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, now=NOW + AFTER_GRACE, device_token=foreign)


def test_reuse_ends_no_other_session(phone: IssuedTokens, alice: User) -> None:
    laptop = start_session(alice)
    refresh(phone.refresh_token)
    with pytest.raises(ReuseDetectedError):
        refresh(phone.refresh_token, now=NOW + AFTER_GRACE)

    assert refresh(laptop.refresh_token, now=NOW + AFTER_GRACE).sid == laptop.sid


def test_a_generation_ahead_of_a_restored_backup_is_accepted_and_recorded(phone: IssuedTokens) -> None:
    ahead = token_of(phone, 5)

    after = refresh(ahead)

    assert (row_of(phone).generation, after.refresh_token) == (6, token_of(phone, 6))
    (event,) = events_of("moved_ahead")
    assert event.facts["presented_generation"] == 5
    assert refresh(ahead).refresh_token == after.refresh_token


def test_an_authentic_token_of_no_session_is_refused(phone: IssuedTokens) -> None:
    RefreshSession.objects.all().delete()

    with pytest.raises(InvalidRefreshTokenError):
        refresh(phone.refresh_token)


def test_secret_rotation_between_step_and_retry_keeps_the_successor(
    phone: IssuedTokens, settings: Settings
) -> None:
    lost = refresh(phone.refresh_token)
    settings.AUTHSITE_REFRESH_SECRETS = settings.AUTHSITE_REFRESH_SECRETS | {2: b"new secret" * 4}

    assert refresh(phone.refresh_token, now=NOW + GRACE).refresh_token == lost.refresh_token
    late = refresh(phone.refresh_token, now=NOW + DAY, device_token=phone.device_token)
    assert late.refresh_token == lost.refresh_token


def test_the_first_step_after_a_secret_rotation_moves_the_session_to_the_new_secret(
    phone: IssuedTokens, settings: Settings
) -> None:
    settings.AUTHSITE_REFRESH_SECRETS = settings.AUTHSITE_REFRESH_SECRETS | {2: b"new secret" * 4}
    after = refresh(phone.refresh_token)

    assert after.refresh_token.startswith("2.")
    assert refresh(phone.refresh_token, now=NOW + GRACE).refresh_token == after.refresh_token
    with pytest.raises(InvalidRefreshTokenError):
        refresh(token_of(phone, 2))
    assert refresh(after.refresh_token).refresh_token.startswith("2.")
