"""manage.py free_space: deletes what has no use any more; nothing depends on its being run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.services.space import delete_in_batches, disposable_rows, gather_statistics
from accounts.statistics.models import EventCount

#: A batch is one transaction, and its keys are parameters of one statement.
LARGEST_BATCH = 10_000


class Command(BaseCommand):
    """Deletes old change log entries and dead sessions, in batches; it can be stopped at any time."""

    help = (
        "Delete change log entries older than 7 days, refresh sessions dead for 30 days, expired"
        " browser sessions, limits whose window has ended, expired client assertions, and old counts of the"
        " dashboard."
        " Nothing goes wrong where it is never run; the tables only grow."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=1000, help="rows per transaction; default: 1000")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["batch"] <= LARGEST_BATCH:
            raise CommandError(f"--batch is the number of rows per transaction: write 1 to {LARGEST_BATCH}")
        now = timezone.now()
        counts = list(EventCount.objects.all().disposable(at=now))
        for name, queries in (disposable_rows(now=now) | {"counts of the dashboard": counts}).items():
            deleted = sum(sum(delete_in_batches(rows, size=options["batch"])) for rows in queries)
            self.stdout.write(f"{deleted} {name} deleted")
        gather_statistics()
