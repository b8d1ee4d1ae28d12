"""What every door says to a pasted token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from accounts.change_log.live_log import live_log
from accounts.explanations.pasted.doors import Door, verdict_on
from accounts.explanations.pasted.recognised import recognise
from tests.accounts.journeys import DAY, NOW, start_session
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("later", "door"), [(timedelta(0), Door.OPEN), (DAY, Door.EXPIRED), (-DAY, Door.NOT_YET)]
)
def test_times_are_asked_first(later: timedelta, door: Door) -> None:
    token = start_session(UserFactory.create()).access_token

    assert verdict_on(recognise(token, now=NOW + later)).door is door


def test_nobody_knows_where_the_change_log_cannot_be_read() -> None:
    recognised = recognise(start_session(UserFactory.create()).access_token, now=NOW)
    live_log.forget()

    def refuse(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        assert verdict_on(recognised).door is Door.NOBODY_KNOWS


def test_what_is_no_access_token_opens_nothing() -> None:
    refresh_token = start_session(UserFactory.create()).refresh_token

    for pasted in ("", "garbage", refresh_token):
        assert verdict_on(recognise(pasted, now=NOW)).door is Door.NEVER_OPEN
