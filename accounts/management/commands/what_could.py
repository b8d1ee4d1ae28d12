"""manage.py what_could: what a person could do at a moment, by the audit log."""

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from accounts.audit.models import AuditEvent
from accounts.management.moments import moment
from accounts.services.past_standing import Doubt, Note, PastStanding, people_called, standing_at

if TYPE_CHECKING:
    from datetime import datetime


class Command(BaseCommand):
    """Says a person's place and roles at a moment, what that rests on, and what is in doubt."""

    help = "Say what a person could do at a moment: roles, department, tenant, flags; from the audit log."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="an e-mail address, of now or of then, or an id (sub)")
        parser.add_argument("--at", type=moment, required=True, help="e.g. “2026-03-02 09:00”")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"]
        people = people_called(options["person"])
        if not people:
            raise CommandError(f"No person has or had the address {options['person']!r}.")
        for user_id in people:
            past = standing_at(user_id, at=at)
            for note in past.notes:
                if note.doubt is Doubt.DROPPED:
                    raise CommandError(f"The audit log no longer says it: {_sentence(note)}.")
            self._tell(user_id, past)

    def _tell(self, user_id: UUID, past: PastStanding) -> None:
        standing = past.standing
        self.stdout.write(f"{user_id} at {past.at.isoformat(sep=' ')}")
        if not standing.exists:
            self.stdout.write("  did not exist")
        else:
            for label, value in (
                ("e-mail", standing.email),
                ("name", standing.name),
                ("could log in", standing.may_log_in),
                ("active", standing.is_active),
                ("tenant", _retired(standing.tenant, is_retired=standing.tenant_is_retired)),
                ("department", _retired(standing.department, is_retired=standing.department_is_retired)),
                ("roles", ", ".join(standing.roles)),
                ("retired roles", ", ".join(standing.retired_roles)),
                ("special permissions", standing.special_permissions),
                ("staff", standing.is_staff),
                ("superuser", standing.is_superuser),
                ("admin permissions", ", ".join(standing.permissions)),
            ):
                self.stdout.write(f"  {label + ':':<21}{_written(value)}")
        for heading, events in (("rests on", past.rests_on), ("changed since", past.undone)):
            self.stdout.write(f"  {heading}:")
            for event in events:
                self.stdout.write(f"    {_line(event)}")
        for note in past.notes:
            self.stdout.write(f"  NOTE: {_sentence(note)}")


def _retired(code: str | None, *, is_retired: bool) -> str:
    return f"{code} (retired)" if code and is_retired else code or ""


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"


def _line(event: AuditEvent) -> str:
    changes = ", ".join(f"{name}: {before!r} -> {after!r}" for name, (before, after) in event.changes.items())
    told = changes or ", ".join(f"{name}: {value}" for name, value in event.facts.items())
    by = event.actor_label or "-"
    return f"{event.pk}  {event.at.isoformat(sep=' ', timespec='seconds')}  {event.type}  {told}  by {by}"


def _sentence(note: Note) -> str:
    match note.doubt:
        case Doubt.DROPPED:
            return (
                f"events up to {note.at} were exported and dropped: look into the files for what came before"
            )
        case Doubt.UNRECORDED:
            seen = f", as the event of {note.at} shows" if note.at else ""
            return f"{note.about} was changed by something that records no events{seen}"
