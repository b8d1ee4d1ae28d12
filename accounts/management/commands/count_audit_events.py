"""manage.py count_audit_events: rolls audit events up into the counts of the dashboard; for cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audit.errors import StillWritingError
from accounts.statistics.rolling_up import count_settled_events


class Command(BaseCommand):
    """Counts what is settled and not counted yet; it may run in parallel, and be killed at any time."""

    help = (
        "Count the audit events that are not counted yet, for the dashboard. Run it every few minutes;"
        " nothing goes wrong where it is never run: the dashboard counts beside its pages, and says what is"
        " missing."
    )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        reached = None
        try:
            for reached in count_settled_events(now=timezone.now()):
                if options["verbosity"] > 1:
                    self.stdout.write(f"counted up to event {reached}")
        except StillWritingError as error:
            raise CommandError(
                "Transactions that write audit events are still open. Run it again."
            ) from error
        self.stdout.write("nothing to count" if reached is None else f"counted up to event {reached}")
