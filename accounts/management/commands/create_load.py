"""manage.py create_load: a large made-up organisation, to measure with; in development only."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.management.load.services import LoadSize, create_load
from accounts.models import User
from accounts.services.sample_organisation import sample_people

DEFAULT_SEED = 1
#: What there must be at least, and the most that was ever tried.
FEWEST_PEOPLE, MOST = 20, 50_000_000


class Command(BaseCommand):
    """Fills a database in which there is nobody, or only the sample organisation."""

    help = (
        "Fill an empty development database with made-up people, sessions and audit events. Nobody can log in"
        " as any of them. A database that a stopped run has left half full has to be deleted."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=10_000)
        parser.add_argument("--sessions", type=int, default=30_000)
        parser.add_argument("--events", type=int, default=100_000)
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another number makes up others")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_others(options)
        size = LoadSize(people=options["people"], sessions=options["sessions"], events=options["events"])
        begun = time.monotonic()

        def told(what: str) -> None:
            self.stdout.write(f"{time.monotonic() - begun:6.0f} s  {what}")

        create_load(size=size, seed=options["seed"], now=timezone.now(), told=told)
        told("done; manage.py seal_audit_log seals the events")

    def _refuse_others(self, options: dict[str, Any]) -> None:
        if settings.AUTHSITE_IS_PRODUCTION:
            raise CommandError("Production gets no made-up people.")
        if not (
            FEWEST_PEOPLE <= options["people"] <= MOST
            and 0 <= options["sessions"] <= MOST
            and 0 <= options["events"] <= MOST
        ):
            raise CommandError(
                f"--people is {FEWEST_PEOPLE} to {MOST}, --sessions and --events are 0 to {MOST}."
            )
        if User.objects.exclude(pk__in=sample_people()).exists():
            raise CommandError(
                "There are people in this database beyond the sample organisation: take an empty one."
            )
