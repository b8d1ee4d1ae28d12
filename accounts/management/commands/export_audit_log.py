"""manage.py export_audit_log: old events into a file, verified, and only then out of the table."""

from argparse import ArgumentParser
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audit.actors import Actor
from accounts.audit.exports import drop_exported, export_audit_log
from accounts.errors import AuthsiteError
from accounts.management.moments import moment
from accounts.statistics.rolling_up import count_settled_events

if TYPE_CHECKING:
    from datetime import datetime


class Command(BaseCommand):
    """Exports sealed ranges that lie wholly before a date, and drops them where it is asked to."""

    help = (
        "Write the sealed events before a date as JSON lines, with their seals. With --drop, delete them"
        " from the table once the file is on disk and verified; their seals stay."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=moment, required=True, metavar="DATE", help="e.g. 2026-01-01")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
        parser.add_argument("--drop", action="store_true", help="delete from the table what was exported")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        until: datetime = options["until"]
        path: Path = options["to"].absolute()
        actor, now = Actor.system("manage.py export_audit_log"), timezone.now()
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}.")
        try:
            export = export_audit_log(until=until, path=path, actor=actor, now=now)
            self.stdout.write(f"{export.events} events under {len(export.seals)} seals written to {path}")
            self.stdout.write(f"sha256 {export.sha256}")
            if options["drop"]:
                # Before they are gone: the dashboard's counts outlive them.
                deque(count_settled_events(now=now), maxlen=0)
                dropped = sum(drop_exported(export, actor=actor, now=now))
                self.stdout.write(f"{dropped} events dropped; their seals stay")
        except AuthsiteError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
