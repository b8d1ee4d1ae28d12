"""Several administrators or timers at one moment: one step is made, and one key signs, never none or two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from accounts.keys.models import SigningKey
from accounts.keys.revocation import revoke_key
from accounts.keys.rotation import rotate_signing_keys
from accounts.keys.services import prepare_next_key, promote_next_key
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.keys.stages import ALGORITHM, current, prepared, states

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

AT_ONCE = 4


def at_once(work: Callable[[], object]) -> list[object]:
    """Return what each of several threads got, or the name of what refused it."""
    barrier = Barrier(AT_ONCE)

    def one() -> object:
        try:
            barrier.wait()
            return work()
        except (ValidationError, IntegrityError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(one) for _thread in range(AT_ONCE)]
        return [each.result(timeout=120) for each in running]


def test_of_many_who_prepare_one_makes_a_key() -> None:
    current()

    got = at_once(lambda: prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW))

    assert sorted(states().values()) == ["current", "next"]
    assert sum(isinstance(each, SigningKey) for each in got) == 1


def test_of_many_who_prepare_the_first_key_of_an_algorithm_one_makes_it() -> None:
    at_once(lambda: prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW))

    assert list(states().values()) == ["next"]


def test_of_many_who_promote_one_does_and_one_key_signs() -> None:
    kid = prepared().kid
    later = NOW + timedelta(hours=1)

    got = at_once(lambda: promote_next_key(kid=kid, actor=SYSTEM, now=later))

    assert sum(isinstance(each, SigningKey) for each in got) == 1
    assert sorted(states().values()) == ["current", "previous"]
    assert states()[kid] == "current"


def test_of_many_who_revoke_one_finds_a_successor() -> None:
    kid = current().kid

    at_once(lambda: revoke_key(kid=kid, actor=SYSTEM, now=NOW))

    assert sorted(states().values()) == ["current", "revoked"]


def test_many_timers_at_one_moment_are_all_content() -> None:
    current(now=NOW - timedelta(days=100))
    every = timedelta(days=90)

    def rotate() -> int:
        return len(list(rotate_signing_keys(algorithm=ALGORITHM, every=every, actor=SYSTEM, now=NOW)))

    assert sum(int(str(each)) for each in at_once(rotate)) == 1
    assert sorted(states().values()) == ["current", "next"]
