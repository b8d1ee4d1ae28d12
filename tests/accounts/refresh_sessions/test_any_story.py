"""Login, refresh, retry, replay, logout, passwords, deactivation, roles and the clock in any order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.accounts.refresh_sessions.any_story import ROLES, AnyStory
from tests.factories import RoleFactory, UserFactory


@pytest.mark.django_db
@pytest.mark.usefixtures("without_limits")
def test_in_any_story_tokens_and_sessions_do_what_the_model_says() -> None:
    for code in ROLES:
        RoleFactory.create(code=code)
    AnyStory.ada = UserFactory.create()

    run_state_machine_as_test(
        AnyStory,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

    assert AnyStory.steps > 300
