"""Old events go into a file, and out of the table only once the file is safe."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from accounts.audit import exports
from accounts.audit.errors import AlreadyDroppedError
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.verification import Differs, verify_audit_log, verify_export
from tests.accounts.audit.sealed_log import happen, ids, said, seal, unguarded
from tests.accounts.journeys import DAY, NOW, SYSTEM

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

OLD = NOW - timedelta(days=400)
UNTIL = "2026-01-01"


@pytest.fixture(autouse=True)
def log() -> list[AuditSeal]:
    """Make a log of old and new events; return the seals of the old ones."""
    with unguarded():
        AuditEvent.objects.all().delete()
    happen(10, at=OLD)
    old = seal(most=3)
    happen(3, at=NOW)
    seal(most=3)
    return old


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def export(path: Path, *flags: str, until: str = UNTIL) -> str:
    out = StringIO()
    call_command("export_audit_log", "--until", until, "--to", str(path), *flags, stdout=out)
    return out.getvalue()


def test_whole_ranges_before_the_date_are_written_and_verified(tmp_path: Path, log: list[AuditSeal]) -> None:
    path = tmp_path / "2025.jsonl"

    written = export(path)

    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 10 + len(log)
    assert hashlib.sha256(b"".join(lines[:3])).hexdigest() == log[0].events_sha256
    assert hashlib.sha256(path.read_bytes()).hexdigest() in written
    assert "10 events under 4 seals are as they were sealed" in said("verify_audit_log", export=path)
    assert path.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["2025.jsonl"]
    event = AuditEvent.objects.get(type="audit_log.exported")
    assert event.facts == {
        "seals": [1, 4],
        "event_ids": [log[0].first_id, log[-1].last_id],
        "events": 10,
        "file": "2025.jsonl",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert len(ids()) == 14


def test_what_is_dropped_is_in_the_file_and_the_chain_still_holds(
    tmp_path: Path, log: list[AuditSeal]
) -> None:
    export(tmp_path / "2025.jsonl", "--drop")

    assert AuditEvent.objects.filter(at=OLD).count() == 0
    assert AuditSeal.objects.filter(dropped_at__isnull=False).count() == len(log)
    assert "The events of 4 seals were exported and dropped" in said("verify_audit_log")
    assert verify_export(tmp_path / "2025.jsonl").finding is None
    dropped = AuditEvent.objects.get(type="audit_log.dropped")
    assert dropped.facts["events"] == 10


def test_exports_follow_each_other(tmp_path: Path, log: list[AuditSeal]) -> None:
    export(tmp_path / "a.jsonl", "--drop")
    export(tmp_path / "b.jsonl", until="2026-03-03")

    first, then = (verify_export(tmp_path / name) for name in ("a.jsonl", "b.jsonl"))
    assert then.begins_after == first.head
    assert f"after {first.head}" in said("verify_audit_log", export=tmp_path / "b.jsonl")


def test_without_a_whole_range_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No sealed range"):
        export(tmp_path / "x.jsonl", until="2020-01-01")
    assert names(tmp_path) == []


def test_another_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("mine")

    with pytest.raises(CommandError, match="a file of this name"):
        export(path, "--drop")

    assert path.read_text() == "mine"
    assert AuditEvent.objects.filter(at=OLD).count() == 10


def test_a_file_that_appears_meanwhile_is_not_overwritten_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.jsonl"

    def verified(partial: Path) -> Any:
        path.write_text("mine")
        return verify_export(partial)

    monkeypatch.setattr(exports, "verify_export", verified)
    with pytest.raises(CommandError, match="a file of this name"):
        export(path, "--drop")

    assert path.read_text() == "mine"
    assert names(tmp_path) == ["x.jsonl"]


def test_an_interrupted_export_leaves_no_file_and_drops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match="No space left"):
        export(tmp_path / "x.jsonl", "--drop")

    assert names(tmp_path) == []
    assert AuditEvent.objects.filter(at=OLD).count() == 10


def test_a_file_that_is_not_what_was_written_drops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad_disk(partial: Path) -> Any:
        partial.write_bytes(partial.read_bytes().replace(b"user.changed", b"user.chanted", 1))
        return verify_export(partial)

    monkeypatch.setattr(exports, "verify_export", bad_disk)
    with pytest.raises(CommandError, match="not what was sealed"):
        export(tmp_path / "x.jsonl", "--drop")

    assert names(tmp_path) == []
    assert AuditEvent.objects.filter(at=OLD).count() == 10


def test_a_broken_log_is_not_exported(tmp_path: Path, log: list[AuditSeal]) -> None:
    with unguarded():
        AuditEvent.objects.filter(pk=log[1].last_id).update(type="x")

    with pytest.raises(CommandError, match="not what was sealed"):
        export(tmp_path / "x.jsonl", "--drop")

    assert names(tmp_path) == []


def test_a_drop_that_fails_half_way_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "RANGES_AT_ONCE", 2)
    drop, calls = exports._drop, []  # noqa: SLF001 - to fail in the middle

    def fail_at_the_third(seal: AuditSeal, now: Any) -> int:
        calls.append(seal)
        if len(calls) == 3:
            raise OSError(5, "power cut")
        return drop(seal, now)

    monkeypatch.setattr(exports, "_drop", fail_at_the_third)
    with pytest.raises(CommandError, match="power cut"):
        export(tmp_path / "a.jsonl", "--drop")

    assert verify_audit_log().finding is None
    assert AuditSeal.objects.filter(dropped_at__isnull=False).count() == 2
    monkeypatch.setattr(exports, "_drop", drop)
    export(tmp_path / "b.jsonl", "--drop")
    assert (verify_export(tmp_path / "a.jsonl").events, verify_export(tmp_path / "b.jsonl").events) == (10, 4)
    assert verify_audit_log().finding is None


def test_two_that_drop_the_same_do_it_once(tmp_path: Path) -> None:
    first, second = (
        exports.export_audit_log(until=NOW - DAY, path=tmp_path / name, actor=SYSTEM, now=NOW)
        for name in ("a", "b")
    )
    assert sum(exports.drop_exported(first, actor=SYSTEM, now=NOW)) == 10

    with pytest.raises(AlreadyDroppedError):
        list(exports.drop_exported(second, actor=SYSTEM, now=NOW))


@pytest.mark.parametrize(
    ("damage", "differs"),
    [
        (lambda lines: [*lines[:1], lines[1].replace(b"tests", b"texts"), *lines[2:]], Differs.CHANGED),
        (lambda lines: [*lines[:1], *lines[2:]], Differs.MISSING),
        (lambda lines: [*lines[:10], lines[9].replace(b'"id":', b'"id":1'), *lines[10:]], Differs.INSERTED),
        (lambda lines: [*lines[:11], *lines[12:]], Differs.CHAIN),
        (lambda lines: [*lines[:-1], lines[-1].replace(b'"events":1', b'"events":2')], Differs.SEAL),
        (lambda lines: [b"nonsense\n", *lines], Differs.UNREADABLE),
        (lambda lines: [b"[]\n", *lines], Differs.UNREADABLE),
        (lambda lines: [*lines, b'{"seal":{}}\n'], Differs.UNREADABLE),
        (lambda lines: lines[:10], Differs.INSERTED),
        (lambda lines: [], Differs.MISSING),
    ],
)
def test_a_damaged_file_is_found(tmp_path: Path, damage: Any, differs: Differs) -> None:
    path = tmp_path / "x.jsonl"
    export(path)
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))

    finding = verify_export(path).finding

    assert finding is not None
    assert finding.differs == differs
    with pytest.raises(CommandError, match="Broken at"):
        said("verify_audit_log", export=path)


def test_places_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        export(tmp_path / "nowhere" / "x.jsonl")
    with pytest.raises(CommandError, match="There is no file"):
        said("verify_audit_log", export=tmp_path / "x.jsonl")
    with pytest.raises(CommandError, match="is no date"):
        export(tmp_path / "x.jsonl", until="yesterday")
