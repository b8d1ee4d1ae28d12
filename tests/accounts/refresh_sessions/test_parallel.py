"""A hundred threads, each with a connection of its own, present the same refresh token at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

import pytest
from django.db import connection

from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.errors import RefreshError, ReuseDetectedError, SessionEndedError
from tests.accounts.journeys import AFTER_GRACE, DAY, NOW, SECOND, claims_of, refresh, row_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

Answer = TypeVar("Answer")


def at_once(threads: int, ask: Callable[[], Answer]) -> list[Answer]:
    """Run ``ask`` in as many threads, which start together."""
    barrier = Barrier(threads)

    def run() -> Answer:
        try:
            barrier.wait(timeout=30)
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [running.result(timeout=60) for running in [pool.submit(run) for _thread in range(threads)]]


@pytest.mark.parametrize("threads", [2, 100 if connection.vendor == "sqlite" else 80])
def test_parallel_refreshes_take_one_step_and_all_get_the_same_successor(
    phone: IssuedTokens, threads: int
) -> None:
    answers = at_once(threads, lambda: refresh(phone.refresh_token, now=NOW + SECOND))

    assert len(answers) == threads
    assert len({tokens.refresh_token for tokens in answers}) == 1
    assert row_of(phone).generation == 2
    assert {claims_of(tokens.access_token)["sid"] for tokens in answers} == {str(phone.sid)}
    assert len({claims_of(tokens.access_token)["jti"] for tokens in answers}) == threads
    assert refresh(answers[0].refresh_token, now=NOW + DAY).sid == phone.sid


def test_parallel_late_retries_are_recorded_once(phone: IssuedTokens) -> None:
    lost = refresh(phone.refresh_token)

    answers = at_once(
        20, lambda: refresh(phone.refresh_token, now=NOW + AFTER_GRACE, device_token=phone.device_token)
    )

    assert {tokens.refresh_token for tokens in answers} == {lost.refresh_token}
    assert AuditEvent.objects.filter(type="refresh_session.retried_late").count() == 1


def test_parallel_reuse_ends_the_session_once(phone: IssuedTokens) -> None:
    refresh(phone.refresh_token)

    def reuse() -> type[RefreshError]:
        with pytest.raises(RefreshError) as refusal:
            refresh(phone.refresh_token, now=NOW + AFTER_GRACE)
        return refusal.type

    refusals = at_once(20, reuse)

    assert set(refusals) <= {ReuseDetectedError, SessionEndedError}
    assert ReuseDetectedError in refusals
    assert AuditEvent.objects.filter(type="refresh_session.reused").count() == 1
