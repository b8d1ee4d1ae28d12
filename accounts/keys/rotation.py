"""Rotating signing keys by the calendar: what is due is done, and what comes next has its moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.audit.actors import Actor
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import prepare_next_key, promote_next_key, retire_key

#: How often a step is planned anew that somebody else has just made: another host's timer, an administrator.
ATTEMPTS = 3


#: How long a key signs at least, unless whoever runs the timer says otherwise.
ROTATED_EVERY = timedelta(days=90)


class StepKind(StrEnum):
    """What rotation does."""

    PREPARE = "prepare"
    PROMOTE = "promote"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do to a key, no earlier than ``at``; a key that is to be made has no ``kid`` yet."""

    kind: StepKind
    at: datetime
    algorithm: SigningAlgorithm
    kid: str = ""


def algorithms_in_rotation() -> list[SigningAlgorithm]:
    """Return the algorithms that have a current key."""
    current = SigningKey.objects.current().order_by("algorithm").values_list("algorithm", flat=True)
    return [SigningAlgorithm(algorithm) for algorithm in current]


def rotate_signing_keys(
    *, algorithm: SigningAlgorithm, every: timedelta, actor: Actor, now: datetime
) -> Iterator[Step]:
    """Do what is due for one algorithm; yield each step once it is done. Doing it again does nothing.

    There is always a next key, published long before it is wanted: an emergency finds it ready. A current
    key signs for ``every`` at least, and for as long as the next one is not published long enough.

    :raise ValidationError: a step is refused, although nobody else has made it
    """
    attempts = ATTEMPTS
    while (due := _first_due(algorithm, every, now)) is not None:
        try:
            kid = _take(due, actor, now)
        except (ValidationError, IntegrityError):
            attempts -= 1
            if not attempts:
                raise
            continue
        yield Step(kind=due.kind, at=now, algorithm=algorithm, kid=kid)


def coming_steps(algorithm: SigningAlgorithm, *, every: timedelta, now: datetime) -> list[Step]:
    """Return what the life of this algorithm's keys asks for, soonest first."""
    keys = SigningKey.objects.usable().filter(algorithm=algorithm).order_by("published_at", "kid")
    return steps_of(list(keys), algorithm=algorithm, every=every, now=now)


def steps_of(
    keys: Sequence[SigningKey], *, algorithm: SigningAlgorithm, every: timedelta, now: datetime
) -> list[Step]:
    """Return the same of keys that were read already, the longest published first."""
    current = [key for key in keys if key.state == KeyState.CURRENT]
    waiting = [key for key in keys if key.state == KeyState.NEXT]
    previous = [key for key in keys if key.state == KeyState.PREVIOUS]
    steps = [
        Step(kind=StepKind.RETIRE, at=key.may_go_from, algorithm=algorithm, kid=key.kid)
        for key in previous
        if key.may_go_from is not None
    ]
    if waiting:
        rested = current[0].state_changed_at + every if current else now
        at = max(rested, waiting[0].may_sign_from)
        steps.append(Step(kind=StepKind.PROMOTE, at=at, algorithm=algorithm, kid=waiting[0].kid))
    else:
        steps.append(Step(kind=StepKind.PREPARE, at=now, algorithm=algorithm))
    return sorted(steps, key=lambda step: step.at)


def _first_due(algorithm: SigningAlgorithm, every: timedelta, now: datetime) -> Step | None:
    due = [step for step in coming_steps(algorithm, every=every, now=now) if step.at <= now]
    return due[0] if due else None


def _take(step: Step, actor: Actor, now: datetime) -> str:
    match step.kind:
        case StepKind.PREPARE:
            return prepare_next_key(algorithm=step.algorithm, actor=actor, now=now).kid
        case StepKind.PROMOTE:
            promote_next_key(kid=step.kid, actor=actor, now=now)
        case StepKind.RETIRE:
            retire_key(kid=step.kid, actor=actor, now=now)
    return step.kid
