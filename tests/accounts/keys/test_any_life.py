"""Prepare, promote, take back, retire, revoke, rotate and the clock in any order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.audiences.services import create_audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import SigningKey
from tests.accounts.journeys import DAY, NOW, SYSTEM
from tests.accounts.keys.any_life import AUDIENCES, LIFETIMES, AnyLife
from tests.factories import UserFactory


def live_through_an_emergency() -> None:
    """Promote a key that nobody knows yet: random lives do so rarely, and some runs never."""
    life = AnyLife()
    life.prepare(SigningAlgorithm.ES256)
    for number in range(3, 100, 4):
        life.promote_at_once(number)
        life.one_key_signs_for_each_algorithm()
        life.tokens_live_until_they_die_or_their_key_is_revoked()
    life.teardown()


@pytest.mark.django_db
@pytest.mark.usefixtures("without_limits")
def test_in_any_life_keys_sign_and_verify_as_promised() -> None:
    for code, algorithm in AUDIENCES.items():
        create_audience(
            code=code,
            label=code,
            signing_algorithm=algorithm,
            access_lifetime=LIFETIMES[code],
            actor=SYSTEM,
            now=NOW - DAY,
        )
    SigningKey.objects.update(created_at=NOW - DAY, published_at=NOW - DAY, state_changed_at=NOW - DAY)
    AnyLife.ada, AnyLife.steps = UserFactory.create(), {}
    live_through_an_emergency()

    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=60,
            derandomize=True,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

    # Each step was really made, and not only refused.
    assert set(AnyLife.steps) == {
        "prepare", "promote", "emergency", "take back", "retire", "revoke", "rotate"
    }  # fmt: skip
