"""manage.py rotate_signing_keys: does what is due to signing keys; for cron or a systemd timer."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone
from typing_extensions import override

from accounts.audit.actors import Actor
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.rotation import (
    ROTATED_EVERY,
    Step,
    StepKind,
    algorithms_in_rotation,
    coming_steps,
    rotate_signing_keys,
)
from accounts.keys.steps import stated

MOST_DAYS = 3650
_DONE = {
    StepKind.PREPARE: "made and published the next key {kid}",
    StepKind.PROMOTE: "tokens are signed with {kid} from now on",
    StepKind.RETIRE: "{kid} has left the JWK Set: its tokens had expired",
}
_COMING = {
    StepKind.PREPARE: "a next key will be made",
    StepKind.PROMOTE: "tokens will be signed with {kid}",
    StepKind.RETIRE: "{kid} may leave the JWK Set",
}


class Command(BaseCommand):
    """Rotates each algorithm; it may run in parallel, and be stopped at any time."""

    help = (
        "Prepare, promote and retire signing keys where that is due. Run it every hour or day: what is not"
        " due is not done. It prints what it did and what comes next, and exits with 1 where one is refused."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every",
            type=int,
            default=ROTATED_EVERY.days,
            metavar="DAYS",
            help="days that a key signs at least; default: 90",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["every"] <= MOST_DAYS:
            raise CommandError(f"--every is a number of days, 0 to {MOST_DAYS}")
        every, now = timedelta(days=options["every"]), timezone.now()
        refused = [
            algorithm for algorithm in algorithms_in_rotation() if not self._rotate(algorithm, every, now)
        ]
        if refused:
            raise CommandError(f"Not everything that was due could be done for {', '.join(refused)}.")

    def _rotate(self, algorithm: SigningAlgorithm, every: timedelta, now: datetime) -> bool:
        actor, is_done = Actor.system("manage.py rotate_signing_keys"), True
        try:
            for step in rotate_signing_keys(algorithm=algorithm, every=every, actor=actor, now=now):
                self.stdout.write(f"{algorithm}: {_said(_DONE, step)}")
        except (ValidationError, IntegrityError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            self.stderr.write(f"{algorithm}: {said}")
            is_done = False
        for step in coming_steps(algorithm, every=every, now=now):
            self.stdout.write(f"{algorithm}: next, {_said(_COMING, step)}, not before {stated(step.at)}")
        return is_done


def _said(words: dict[StepKind, str], step: Step) -> str:
    return words[step.kind].format(kid=step.kid)
