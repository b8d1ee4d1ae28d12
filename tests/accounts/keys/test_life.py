"""A signing key becomes next, current, previous and is retired; each step is taken back until then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.audit.models import AuditEvent
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.jwk_set import jwk_set
from accounts.keys.keyring import keyring
from accounts.keys.making import make_key
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import (
    ensure_current_key,
    prepare_next_key,
    promote_next_key,
    retire_key,
    take_back_key,
)
from tests.accounts.journeys import NOW, SECOND, SYSTEM
from tests.accounts.keys.stages import (
    ALGORITHM,
    PUBLISHED_LONG_ENOUGH,
    TOKENS_DEAD,
    current,
    prepared,
    promoted,
    states,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def code_of(refusal: pytest.ExceptionInfo[ValidationError]) -> str:
    return str(refusal.value.code)


def test_a_next_key_is_published_and_does_not_sign() -> None:
    key = prepared()
    keyring.forget()

    assert key.kid in {member["kid"] for member in jwk_set()["keys"]}
    assert keyring.signing_key(ALGORITHM).kid != key.kid
    assert key.may_sign_from == NOW + PUBLISHED_LONG_ENOUGH


def test_a_second_next_key_is_refused() -> None:
    first = prepared()

    with pytest.raises(ValidationError, match=first.kid) as refusal:
        prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)

    assert code_of(refusal) == "next_key_exists"


def test_the_database_itself_refuses_a_second_new_next_key() -> None:
    prepared()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_key(ALGORITHM, state=KeyState.NEXT, now=NOW).save(force_insert=True)


def test_a_next_key_signs_no_moment_before_everybody_may_know_it() -> None:
    key = prepared()

    with pytest.raises(ValidationError, match="2026-03-02 09:10:00 UTC") as refusal:
        promote_next_key(kid=key.kid, actor=SYSTEM, now=NOW + PUBLISHED_LONG_ENOUGH - SECOND)
    assert code_of(refusal) == "not_published_long_enough"

    promote_next_key(kid=key.kid, actor=SYSTEM, now=NOW + PUBLISHED_LONG_ENOUGH)
    assert states()[key.kid] == "current"


def test_the_wait_is_twice_the_max_age_of_the_jwk_set(settings: Settings) -> None:
    settings.AUTHSITE_JWK_SET_MAX_AGE = timedelta(hours=1)

    assert prepared().may_sign_from == NOW + timedelta(hours=2)


def test_an_emergency_does_not_wait_and_its_event_says_so() -> None:
    key = prepared()

    promote_next_key(kid=key.kid, actor=SYSTEM, now=NOW, although_unpublished=True)

    event = AuditEvent.objects.get(type="signing_key.promoted")
    assert event.facts["although_unpublished"] is True


def test_promotion_makes_the_current_key_a_previous_one_and_says_both() -> None:
    key, before = promoted()

    assert states() == {key.kid: "current", before.kid: "previous"}
    assert (before.signed_until, before.state_changed_at, key.state_changed_at) == (NOW, NOW, NOW)
    event = AuditEvent.objects.get(type="signing_key.promoted")
    assert (event.subject_id, event.facts["instead_of"]) == (key.kid, before.kid)
    assert event.changes == {"state": ["next", "current"]}
    assert "although_unpublished" not in event.facts


def test_promotion_is_taken_back_and_made_again_at_once() -> None:
    key, before = promoted()

    take_back_key(kid=before.kid, actor=SYSTEM, now=NOW + SECOND)
    assert states() == {key.kid: "next", before.kid: "current"}

    promote_next_key(kid=key.kid, actor=SYSTEM, now=NOW + 2 * SECOND)
    assert states() == {key.kid: "current", before.kid: "previous"}


def test_a_taken_back_key_that_has_signed_waits_beside_a_new_one() -> None:
    key, before = promoted()
    other = prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)

    take_back_key(kid=before.kid, actor=SYSTEM, now=NOW)

    assert states() == {key.kid: "next", before.kid: "current", other.kid: "next"}


def test_a_previous_key_goes_once_the_last_of_its_tokens_has_expired() -> None:
    _key, before = promoted()

    with pytest.raises(ValidationError, match="2026-03-03 09:01:00 UTC") as refusal:
        retire_key(kid=before.kid, actor=SYSTEM, now=NOW + TOKENS_DEAD - SECOND)
    assert code_of(refusal) == "tokens_live"

    assert retire_key(kid=before.kid, actor=SYSTEM, now=NOW + TOKENS_DEAD)
    assert not retire_key(kid=before.kid, actor=SYSTEM, now=NOW + TOKENS_DEAD)
    keyring.forget()
    assert before.kid not in {member["kid"] for member in jwk_set()["keys"]}


def test_a_next_key_that_never_signed_goes_at_once_and_one_that_did_does_not() -> None:
    unused = prepared()
    assert retire_key(kid=unused.kid, actor=SYSTEM, now=NOW)

    key, before = promoted()
    take_back_key(kid=before.kid, actor=SYSTEM, now=NOW + SECOND)
    with pytest.raises(ValidationError) as refusal:
        retire_key(kid=key.kid, actor=SYSTEM, now=NOW + SECOND)
    assert code_of(refusal) == "tokens_live"


def test_the_private_half_of_a_key_that_left_is_erased() -> None:
    unused = prepared()
    retire_key(kid=unused.kid, actor=SYSTEM, now=NOW)

    unused.refresh_from_db()
    assert bytes(unused.sealed_private_jwk) == b""


def test_the_only_active_key_is_not_retired() -> None:
    key = current()

    with pytest.raises(ValidationError) as refusal:
        retire_key(kid=key.kid, actor=SYSTEM, now=NOW + timedelta(days=999))

    assert code_of(refusal) == "only_active_key"
    assert states() == {key.kid: "current"}


def test_steps_from_another_state_are_refused() -> None:
    key, before = promoted()
    steps: list[tuple[Callable[..., SigningKey], str, str]] = [
        (promote_next_key, key.kid, "not_next"),
        (promote_next_key, before.kid, "not_next"),
        (take_back_key, key.kid, "not_previous"),
        (promote_next_key, "no such kid", "unknown_key"),
    ]

    for step, kid, code in steps:
        with pytest.raises(ValidationError) as refusal:
            step(kid=kid, actor=SYSTEM, now=NOW)
        assert code_of(refusal) == code


@pytest.mark.parametrize("step", [promote_next_key, take_back_key])
def test_a_key_that_does_not_open_never_signs(step: Callable[..., SigningKey]) -> None:
    key = promoted()[1] if step is take_back_key else prepared(now=NOW - PUBLISHED_LONG_ENOUGH)
    SigningKey.objects.filter(pk=key.pk).update(sealed_with=7)
    before = states()

    with pytest.raises(ValidationError, match=f"{key.kid}.* 7 "):
        step(kid=key.kid, actor=SYSTEM, now=NOW)

    assert states() == before


def test_an_algorithm_that_is_wanted_takes_the_key_that_was_prepared_for_it() -> None:
    waiting = prepare_next_key(algorithm=SigningAlgorithm.RS256, actor=SYSTEM, now=NOW)

    assert ensure_current_key(algorithm=SigningAlgorithm.RS256, actor=SYSTEM, now=NOW) == waiting
