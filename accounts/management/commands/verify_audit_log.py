"""manage.py verify_audit_log: tells whether every event is as it was sealed, in the table or a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.audit.verification import Finding, Report, verify_audit_log, verify_export

_NAMED = 10


class Command(BaseCommand):
    """Recomputes every hash; says the first range that is broken, and exits with 1."""

    help = "Verify the audit log, or an exported file, against its seals; exits with 1 where it is broken."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--export", type=Path, metavar="FILE", help="verify this file, not the table")
        parser.add_argument(
            "--head",
            metavar="HASH",
            help="a hash that seal_audit_log once printed: it must be there",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["export"]
        if path is not None and not path.is_file():
            raise CommandError(f"There is no file {path}.")
        report = verify_audit_log() if path is None else verify_export(path)
        if report.finding is not None:
            raise CommandError(_sentence(report.finding))
        if options["head"] and options["head"] not in report.hashes:
            raise CommandError(f"No seal has the hash {options['head']}: seals were cut off or replaced.")
        self._tell(report, is_export=path is not None)

    def _tell(self, report: Report, *, is_export: bool) -> None:
        self.stdout.write(f"{report.events} events under {report.seals} seals are as they were sealed.")
        if report.dropped:
            self.stdout.write(f"The events of {report.dropped} seals were exported and dropped.")
        if is_export and report.begins_after:
            self.stdout.write(f"It begins with seal {report.first_number}, after {report.begins_after}.")
        if report.unsealed:
            self.stdout.write(f"{report.unsealed} events are not sealed yet: run seal_audit_log.")
        if report.head:
            self.stdout.write(f"The newest seal is {report.head}.")


def _sentence(found: Finding) -> str:
    where = f"seal {found.number}, events {found.first_id} to {found.last_id}"
    if not found.events:
        return f"Broken at {where}: {found.differs}."
    named = ", ".join(str(pk) for pk in found.events[:_NAMED])
    more = f" and {len(found.events) - _NAMED} more" if len(found.events) > _NAMED else ""
    return f"Broken at {where}: {found.differs} {named}{more}."
