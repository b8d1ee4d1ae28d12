"""manage.py seal_audit_log: seals the events that no transaction can come between any more; for cron."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audit.errors import StillWritingError
from accounts.audit.sealing import MOST_EVENTS, seal_settled_events

#: The events of one seal are read at once.
MOST = 100_000
LONGEST_WAIT_S = 86_400


class Command(BaseCommand):
    """Seals what is settled; it may run in parallel, and be killed at any time."""

    help = (
        "Seal the audit events that are settled. Run it every minute; each line that it prints ends with the"
        " hash of a seal: kept where the database's owner cannot write, it proves later that none is cut off."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--most", type=int, default=MOST_EVENTS, help="events under one seal at most")
        parser.add_argument(
            "--wait", type=float, default=30.0, help="seconds to wait for transactions that still write"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not (1 <= options["most"] <= MOST and 0 <= options["wait"] <= LONGEST_WAIT_S):
            raise CommandError(
                f"--most is a number of events, 1 to {MOST}, and --wait of seconds, 0 to {LONGEST_WAIT_S}"
            )
        patience = timedelta(seconds=options["wait"])
        try:
            for seal in seal_settled_events(now=timezone.now(), most=options["most"], patience=patience):
                ids = f"{seal.first_id} to {seal.last_id}"
                self.stdout.write(f"seal {seal.number}: {seal.events} events, {ids}, {seal.hash}")
        except StillWritingError as error:
            raise CommandError(f"{error} Run it again later.") from error
