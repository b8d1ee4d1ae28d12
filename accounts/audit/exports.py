"""Writing sealed ranges into a file, and dropping them from the table once the file is safe."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import IO

from django.db import transaction

from accounts.audit.actors import Actor
from accounts.audit.canonical import event_lines, seal_line, text_of
from accounts.audit.errors import (
    AlreadyDroppedError,
    BrokenLogError,
    ExportExistsError,
    NothingToExportError,
)
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import events_sha256, mark_as_dropped
from accounts.audit.services import AuditSubject, record_event
from accounts.audit.verification import Report, verify_export

#: Ranges whose events go in one transaction, so that nobody waits for long.
RANGES_AT_ONCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that is complete, on disk and verified."""

    path: Path
    seals: tuple[AuditSeal, ...]
    sha256: str

    @property
    def events(self) -> int:
        """Return how many events it holds."""
        return sum(seal.events for seal in self.seals)


def export_audit_log(*, until: datetime, path: Path, actor: Actor, now: datetime) -> Export:
    """Write every sealed range that lies wholly before ``until`` into a new file, and verify it there.

    The file gets its name once it is complete, on disk and verified.

    :raise NothingToExportError: there is no such range
    :raise ExportExistsError: there is a file of this name
    :raise BrokenLogError: the events, or the file, are not what was sealed
    """
    if path.exists():
        raise ExportExistsError(path=path)
    kept = AuditSeal.objects.filter(dropped_at__isnull=True).order_by("number")
    seals = tuple(takewhile(lambda seal: seal.latest_at < until, kept.iterator(chunk_size=50)))
    if not seals:
        raise NothingToExportError(until=text_of(until))
    export = Export(path=path, seals=seals, sha256=_write(path, seals))
    _record(EventType.AUDIT_LOG_EXPORTED, export, seals, actor, now)
    return export


def drop_exported(export: Export, *, actor: Actor, now: datetime) -> Iterator[int]:
    """Delete the events of an export, some ranges in each transaction; yield how many. Seals stay.

    :raise AlreadyDroppedError: a range is not what was exported
    """
    for start in range(0, len(export.seals), RANGES_AT_ONCE):
        seals = export.seals[start : start + RANGES_AT_ONCE]
        with transaction.atomic():
            deleted = sum(_drop(seal, now) for seal in seals)
            _record(EventType.AUDIT_LOG_DROPPED, export, seals, actor, now)
        yield deleted


def _drop(seal: AuditSeal, now: datetime) -> int:
    mark_as_dropped(seal, now=now)
    still = AuditSeal.objects.filter(pk=seal.pk, dropped_at__isnull=True)
    if not still.update(dropped_at=seal.dropped_at, drop_mac=seal.drop_mac):
        raise AlreadyDroppedError(seal=seal.number)
    deleted, _models = AuditEvent.objects.filter(id__gte=seal.first_id, id__lte=seal.last_id).delete()
    if deleted != seal.events:
        raise AlreadyDroppedError(seal=seal.number, events=deleted)
    return deleted


def _write(path: Path, seals: Sequence[AuditSeal]) -> str:
    """Write the file under another name, verify it, and give it its own; return its SHA-256."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _write_lines(file, seals)
            file.flush()
            os.fsync(file.fileno())
        _require_sound(verify_export(partial), seals)
        digest = _sha256(partial)
        try:
            os.link(partial, path)  # unlike a rename, never over another file
        except FileExistsError as error:
            raise ExportExistsError(path=path) from error
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    _sync_folder(path.parent)
    return digest


def _write_lines(file: IO[bytes], seals: Sequence[AuditSeal]) -> None:
    for seal in seals:
        lines = event_lines(first_id=seal.first_id, last_id=seal.last_id)
        if events_sha256(lines) != seal.events_sha256:
            raise BrokenLogError(seal=seal.number, first_id=seal.first_id, last_id=seal.last_id)
        file.writelines(line + b"\n" for _id, line in lines)
    file.writelines(seal_line(seal) + b"\n" for seal in seals)


def _require_sound(report: Report, seals: Sequence[AuditSeal]) -> None:
    found = report.finding
    if found is not None:
        raise BrokenLogError(seal=found.number, differs=str(found.differs))
    if (report.seals, report.head) != (len(seals), seals[-1].hash):
        raise BrokenLogError(seal=seals[-1].number, differs="the file is not what was written")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Have the folder say the file's name after a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _record(
    type_: EventType, export: Export, seals: Sequence[AuditSeal], actor: Actor, now: datetime
) -> None:
    record_event(
        type=type_,
        actor=actor,
        subject=AuditSubject(kind="audit_log", id=f"{seals[0].number}-{seals[-1].number}"),
        now=now,
        facts={
            "seals": [seals[0].number, seals[-1].number],
            "event_ids": [seals[0].first_id, seals[-1].last_id],
            "events": sum(seal.events for seal in seals),
            "file": export.path.name,
            "sha256": export.sha256,
        },
    )
