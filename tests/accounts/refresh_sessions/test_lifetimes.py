"""Idle and absolute lifetimes, and people who get no token any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from accounts.audiences.models import Audience
from accounts.models import User
from accounts.refresh_sessions.errors import InvalidRefreshTokenError, RefreshError, SessionExpiredError
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.services import require_live_session
from accounts.services.errors import InvalidCredentialsError
from accounts.services.users import delete_user
from accounts.tokens.errors import TokenUnissuableError
from tests.accounts.journeys import DAY, NOW, SECOND, SYSTEM, refresh, row_of, start_session
from tests.factories import RoleFactory, TenantFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

IDLE, ABSOLUTE = 30 * DAY, 90 * DAY


def test_a_session_lives_until_the_idle_lifetime_is_over(phone: IssuedTokens) -> None:
    assert refresh(phone.refresh_token, now=NOW + IDLE - SECOND).sid == phone.sid


def test_an_idle_session_has_expired_at_the_very_second(phone: IssuedTokens) -> None:
    with pytest.raises(SessionExpiredError):
        refresh(phone.refresh_token, now=NOW + IDLE)

    assert row_of(phone).generation == 1


def test_each_refresh_extends_the_idle_lifetime_but_never_the_absolute_one(phone: IssuedTokens) -> None:
    answer, expires = phone, []
    for day in (0, 20, 40, 60, 80, 89):
        answer = refresh(answer.refresh_token, now=NOW + day * DAY)
        expires.append(row_of(phone).expires_at)

    assert set(expires) == {NOW + ABSOLUTE}
    assert answer.refresh_expires_in == int(DAY.total_seconds())
    with pytest.raises(SessionExpiredError):
        refresh(answer.refresh_token, now=NOW + ABSOLUTE)


def test_neither_a_retry_nor_a_late_retry_extends_the_idle_lifetime(phone: IssuedTokens) -> None:
    refresh(phone.refresh_token)
    before = row_of(phone).idle_expires_at

    refresh(phone.refresh_token, now=NOW + SECOND)
    refresh(phone.refresh_token, now=NOW + DAY, device_token=phone.device_token)

    assert row_of(phone).idle_expires_at == before


def test_the_database_holds_the_idle_end_within_the_absolute_one(phone: IssuedTokens) -> None:
    with pytest.raises(IntegrityError, match="refresh_session_idle_within_absolute"), transaction.atomic():
        RefreshSession.objects.update(idle_expires_at=NOW + ABSOLUTE + SECOND)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ended_at": NOW}, "refresh_session_ended_with_reason"),
        ({"end_reason": "logout"}, "refresh_session_ended_with_reason"),
        ({"generation": 0}, "refresh_session_generation_positive"),
    ],
)
def test_the_database_refuses_what_no_session_can_be(
    phone: IssuedTokens, fields: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RefreshSession.objects.filter(sid=phone.sid).update(**fields)


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def retire_tenant(user: User) -> None:
    User.objects.filter(pk=user.pk).update(tenant=TenantFactory.create(retired_at=NOW))


def delete(user: User) -> None:
    delete_user(user_id=user.pk, actor=SYSTEM, now=NOW)


LOST = pytest.mark.parametrize("lose", [deactivate, retire_tenant, delete])


@LOST
def test_a_lost_account_cannot_log_in(alice: User, lose: Callable[[User], None]) -> None:
    lose(alice)

    with pytest.raises(InvalidCredentialsError):
        start_session(alice)
    assert not RefreshSession.objects.exists()


@LOST
@pytest.mark.parametrize("after", [timedelta(), SECOND, DAY])
def test_a_lost_account_gets_no_token_by_step_grace_or_late_retry(
    alice: User, phone: IssuedTokens, lose: Callable[[User], None], after: timedelta
) -> None:
    successor = refresh(phone.refresh_token)
    lose(alice)

    for token in (phone.refresh_token, successor.refresh_token):
        with pytest.raises(RefreshError):
            refresh(token, now=NOW + after, device_token=phone.device_token)
        with pytest.raises(RefreshError):
            require_live_session(presented=token, now=NOW + after)


def test_an_unissuable_token_does_not_advance_the_session_and_loses_nothing(
    alice: User, phone: IssuedTokens
) -> None:
    many = [RoleFactory.create(code=f"a-role-with-quite-a-long-name-{number}") for number in range(60)]
    alice.roles.set(many)
    before = RefreshSession.objects.values().get()

    with pytest.raises(TokenUnissuableError):
        refresh(phone.refresh_token)

    assert RefreshSession.objects.values().get() == before
    Audience.objects.update(max_token_bytes=8192)
    assert refresh(phone.refresh_token).sid == phone.sid


def test_a_live_session_is_known_by_its_token_and_its_predecessor_and_no_other(phone: IssuedTokens) -> None:
    second = refresh(phone.refresh_token)
    require_live_session(presented=phone.refresh_token, now=NOW)
    require_live_session(presented=second.refresh_token, now=NOW)
    refresh(second.refresh_token)

    with pytest.raises(InvalidRefreshTokenError):
        require_live_session(presented=phone.refresh_token, now=NOW)
    assert row_of(phone).ended_at is None
