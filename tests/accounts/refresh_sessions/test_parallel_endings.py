"""Sessions end, people are deactivated and log in at once, and nobody waits in a circle."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from accounts.models import BrowserSessionMarker
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.errors import InvalidCredentialsError
from accounts.services.users import change_user
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.accounts.refresh_sessions.test_parallel import at_once

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_all_that_ends_and_starts_sessions_runs_in_parallel(alice: User, phone: IssuedTokens) -> None:
    turns = itertools.count()

    def end() -> None:
        end_refresh_sessions(user=alice, reason=EndReason.ENDED_BY_SUBJECT, actor=SYSTEM, now=NOW)

    def deactivate() -> None:
        change_user(user_id=alice.pk, is_active=False, actor=SYSTEM, now=NOW)
        change_user(user_id=alice.pk, is_active=True, actor=SYSTEM, now=NOW)

    def log_in() -> None:
        try:
            start_session(alice)
        except InvalidCredentialsError:
            return  # deactivated just then

    def ask() -> None:
        (end, deactivate, log_in)[next(turns) % 3]()

    at_once(18, ask)
    end()

    assert not alice.refresh_sessions.filter(ended_at__isnull=True).exists()
    assert BrowserSessionMarker.objects.filter(user=alice).count() == 1
