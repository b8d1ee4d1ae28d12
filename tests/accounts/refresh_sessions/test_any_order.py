"""Refreshes, retries, replays, logouts and time in any order, against a model of eight lines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from accounts.refresh_sessions.errors import RefreshError
from accounts.refresh_sessions.opaque_tokens import make_refresh_token
from accounts.refresh_sessions.services import end_presented_session
from tests.accounts.journeys import DAY, GRACE, NOW, ORIGIN, refresh, row_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User


class OneSession(RuleBasedStateMachine):
    """One session and what should be true of it."""

    alice: User

    def __init__(self) -> None:
        super().__init__()
        self.now = self.rotated_at = self.used_at = NOW
        self.phone = start_session(self.alice)
        self.generation, self.late_at, self.ended = 1, 0, False

    @property
    def expired(self) -> bool:
        """Tell whether nothing can be refreshed any more."""
        return self.now >= min(self.used_at + 30 * DAY, NOW + 90 * DAY)

    def expected(self, presented: int, *, knows_device: bool) -> bool:
        """Go on with the model; return whether a token is answered."""
        if self.ended or self.expired:
            return False
        behind = self.generation - presented
        if behind <= 0:
            self.generation, self.rotated_at, self.used_at = presented + 1, self.now, self.now
            return True
        if behind == 1 and self.now - self.rotated_at <= GRACE:
            return True
        if behind == 1 and knows_device and self.late_at != self.generation - 1:
            self.late_at = self.generation
            return True
        self.ended = True
        return False

    @rule(behind=st.sampled_from([-2, 0, 0, 0, 1, 1, 1, 2, 3]), knows_device=st.booleans())
    def present(self, *, behind: int, knows_device: bool) -> None:
        """Present a token of some generation, with or without the device token."""
        presented = max(1, self.generation - behind)
        token = make_refresh_token(sid=self.phone.sid, generation=presented, secret_version=1)
        device = self.phone.device_token if knows_device else None
        if self.expected(presented, knows_device=knows_device):
            answer = refresh(token, now=self.now, device_token=device).refresh_token
            assert answer == make_refresh_token(
                sid=self.phone.sid, generation=self.generation, secret_version=1
            )
        else:
            with pytest.raises(RefreshError):
                refresh(token, now=self.now, device_token=device)

    @rule(passed=st.sampled_from([timedelta(seconds=1), GRACE, DAY, 20 * DAY]))
    def wait(self, passed: timedelta) -> None:
        """Let time pass."""
        self.now += passed

    @rule(chance=st.integers(0, 5))
    def log_out(self, chance: int) -> None:
        """Log out, now and then."""
        if chance == 0:
            end_presented_session(presented=self.phone.refresh_token, origin=ORIGIN, now=self.now)
            self.ended = True

    @invariant()
    def the_row_agrees(self) -> None:
        """Compare the row with the model."""
        row = row_of(self.phone)
        assert (row.generation, row.ended_at is not None) == (self.generation, self.ended)
        assert row.expires_at == NOW + 90 * DAY

    @override
    def teardown(self) -> None:
        """Make room for the next example."""
        row_of(self.phone).delete()


@pytest.mark.django_db
def test_in_any_order_a_session_does_what_the_model_says() -> None:
    OneSession.alice = UserFactory.create()

    run_state_machine_as_test(
        OneSession,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
