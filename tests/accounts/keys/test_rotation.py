"""Rotation by the calendar, and its command."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import SigningKey
from accounts.keys.rotation import Step, algorithms_in_rotation, coming_steps, rotate_signing_keys
from tests.accounts.journeys import DAY, NOW, SECOND, SYSTEM
from tests.accounts.keys.stages import ALGORITHM, PUBLISHED_LONG_ENOUGH, TOKENS_DEAD, current, states

pytestmark = pytest.mark.django_db

EVERY = 90 * DAY


def rotate(now: datetime) -> list[str]:
    done = rotate_signing_keys(algorithm=ALGORITHM, every=EVERY, actor=SYSTEM, now=now)
    return [step.kind for step in done]


def coming(now: datetime) -> list[tuple[str, datetime]]:
    return [(step.kind, step.at) for step in coming_steps(ALGORITHM, every=EVERY, now=now)]


def test_a_whole_life_by_the_calendar() -> None:
    first = current().kid

    assert rotate(NOW) == ["prepare"]
    assert coming(NOW) == [("promote", NOW + EVERY)]
    assert rotate(NOW + EVERY - SECOND) == []
    assert rotate(NOW + EVERY) == ["promote", "prepare"]
    assert states()[first] == "previous"
    assert coming(NOW + EVERY) == [
        ("retire", NOW + EVERY + TOKENS_DEAD),
        ("promote", NOW + 2 * EVERY),
    ]
    assert rotate(NOW + EVERY + TOKENS_DEAD) == ["retire"]
    assert sorted(states().values()) == ["current", "next", "revoked"]


@pytest.mark.parametrize("day", [0, 1, 89, 90, 91, 500])
def test_done_again_it_does_nothing(day: int) -> None:
    current()
    rotate(NOW)
    now = NOW + timedelta(days=day)
    rotate(now)
    before = list(SigningKey.objects.order_by("pk").values())

    assert rotate(now) == []
    assert list(SigningKey.objects.order_by("pk").values()) == before


def test_a_key_overdue_waits_until_the_next_one_is_published_long_enough() -> None:
    current()
    late = NOW + EVERY

    assert rotate(late) == ["prepare"]
    assert coming(late) == [("promote", late + PUBLISHED_LONG_ENOUGH)]
    assert rotate(late + PUBLISHED_LONG_ENOUGH) == ["promote", "prepare"]


def test_what_another_host_has_done_meanwhile_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    current()
    planned = coming_steps(ALGORITHM, every=EVERY, now=NOW)
    rotate(NOW)
    plans = [planned]

    def late_plan(*arguments: Any, **named: Any) -> list[Step]:
        return plans.pop() if plans else coming_steps(*arguments, **named)

    monkeypatch.setattr("accounts.keys.rotation.coming_steps", late_plan)

    assert rotate(NOW) == []


def test_every_algorithm_that_signs_is_in_rotation() -> None:
    current()

    assert algorithms_in_rotation() == [SigningAlgorithm.ES256, SigningAlgorithm.EDDSA]


def output_of(*arguments: str) -> str:
    written = StringIO()
    call_command("rotate_signing_keys", *arguments, stdout=written, stderr=written)
    return written.getvalue()


def test_the_command_says_what_it_did_and_what_comes_and_when() -> None:
    first = output_of("--every", "30")

    waiting = SigningKey.objects.next_in_line().get()
    signing = SigningKey.objects.current().get()
    day = (signing.state_changed_at + timedelta(days=30)).strftime("%Y-%m-%d")
    assert f"ES256: made and published the next key {waiting.kid}" in first
    assert f"ES256: next, tokens will be signed with {waiting.kid}, not before {day}" in first
    assert "made and published" not in output_of("--every", "30")


def test_the_command_waits_even_where_every_is_nothing() -> None:
    output_of("--every", "0")
    assert "from now on" not in output_of("--every", "0")

    SigningKey.objects.update(published_at=timezone.now() - PUBLISHED_LONG_ENOUGH)
    assert "from now on" in output_of("--every", "0")


def test_a_next_key_that_does_not_open_is_an_exit_of_1_and_signs_nothing() -> None:
    output_of()
    SigningKey.objects.next_in_line().update(sealed_with=7)
    SigningKey.objects.update(published_at=NOW, state_changed_at=NOW)
    before = dict(SigningKey.objects.values_list("kid", "state"))

    with pytest.raises(CommandError, match="ES256"):
        output_of("--every", "1")

    assert dict(SigningKey.objects.values_list("kid", "state")) == before


@pytest.mark.parametrize("days", ["-1", "3651"])
def test_no_number_of_days_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="--every"):
        output_of("--every", days)


def test_the_command_that_revokes_says_what_happens() -> None:
    key = SigningKey.objects.get()
    written = StringIO()

    call_command("revoke_signing_key", key.kid, stdout=written)
    call_command("revoke_signing_key", key.kid, stdout=written)

    successor = SigningKey.objects.current().get()
    assert f"signed with {successor.kid}" in written.getvalue()
    assert "Until " in written.getvalue()
    assert "revoked already" in written.getvalue()
    with pytest.raises(CommandError, match="kid"):
        call_command("revoke_signing_key", "nonsense")
