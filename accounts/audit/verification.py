"""Verifying the audit log against its seals: all of it in the database, or an exported file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from accounts.audit.canonical import SEAL_LINE, EventLine, event_lines, read_event_line, read_seal_line
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import events_sha256, is_authentic, is_authentic_drop, leaves_of, seal_hash


class Differs(StrEnum):
    """What is not as it was sealed."""

    CHANGED = "changed event"
    MISSING = "missing event"
    INSERTED = "inserted event"
    CHAIN = "broken chain"
    SEAL = "changed seal"
    KEY = "seal made without the key"
    DROP = "events dropped without the key"
    UNREADABLE = "unreadable line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first range that is broken, and how; ``events`` names those that differ, where that is known."""

    differs: Differs
    number: int
    first_id: int
    last_id: int
    events: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class Report:
    """What was verified.

    ``head`` is the hash of the newest seal: kept elsewhere, it proves later that none was cut off.
    """

    seals: int = 0
    events: int = 0
    dropped: int = 0
    unsealed: int = 0
    first_number: int = 0
    begins_after: str = ""
    head: str = ""
    finding: Finding | None = None
    hashes: set[str] = field(default_factory=set)

    def count(self, seal: AuditSeal, events: int) -> None:
        """Count a seal that holds."""
        if not self.seals:
            self.first_number, self.begins_after = seal.number, seal.previous_hash
        self.seals += 1
        self.events += events
        self.dropped += seal.dropped_at is not None
        self.head = seal.hash
        self.hashes.add(seal.hash)


def verify_audit_log() -> Report:
    """Recompute every hash and code of the table, up to the first range that is broken."""
    report, chain = Report(), _Chain()
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=50):
        lines = event_lines(first_id=seal.first_id, last_id=seal.last_id)
        report.finding = chain.judge(seal) or _judge_events(seal, lines)
        if report.finding is not None and seal.dropped_at is None:
            # It may just have been dropped.
            again = AuditSeal.objects.filter(pk=seal.pk, dropped_at__isnull=False).first()
            if again is not None:
                report.finding = chain.judge_alone(again) or _judge_events(again, [])
        if report.finding is not None:
            return report
        report.count(seal, len(lines))
    report.finding = chain.judge_key() or _events_before_the_first()
    report.unsealed = AuditEvent.objects.filter(id__gt=chain.last_id).count()
    return report


def verify_export(path: Path) -> Report:
    """Recompute every hash and code of an exported file, up to the first range that is broken."""
    report, chain = Report(), _Chain(begins_anywhere=True)
    try:
        seals, lines = list(_seals_of(path)), _events_of(path)
        waiting = next(lines, None)
        for seal in seals:
            taken: list[EventLine] = []
            while waiting is not None and waiting[0] <= seal.last_id:
                taken.append(waiting)
                waiting = next(lines, None)
            report.finding = chain.judge(seal) or _judge_events(seal, taken)
            if report.finding is not None:
                return report
            report.count(seal, len(taken))
    except (ValueError, RecursionError):
        report.finding = _outside(Differs.UNREADABLE, chain)
        return report
    if waiting is not None or not seals:
        report.finding = _outside(Differs.INSERTED if waiting else Differs.MISSING, chain)
    else:
        report.finding = chain.judge_key()
    return report


class _Chain:
    """What the seals before say of the next one."""

    def __init__(self, *, begins_anywhere: bool = False) -> None:
        self._begins_anywhere = begins_anywhere
        self._previous: AuditSeal | None = None
        self._unvouched: AuditSeal | None = None

    @property
    def last_id(self) -> int:
        """Return the last id of the ranges so far."""
        return self._previous.last_id if self._previous else 0

    def judge(self, seal: AuditSeal) -> Finding | None:
        """Judge the next seal: its place in the chain, and itself."""
        follows = self._follows(seal)
        self._previous = seal
        return finding(Differs.CHAIN, seal) if not follows else self.judge_alone(seal)

    def judge_alone(self, seal: AuditSeal) -> Finding | None:
        """Judge a seal by itself."""
        if seal_hash(seal) != seal.hash:
            return finding(Differs.SEAL, seal)
        match is_authentic(seal):
            case False:
                return finding(Differs.KEY, seal)
            case True:
                # Its hash is over the hashes of all before: the key of one vouches for them all.
                self._unvouched = None
            case None:
                self._unvouched = self._unvouched or seal
        if seal.dropped_at is not None and is_authentic_drop(seal) is False:
            return finding(Differs.DROP, seal)
        return None

    def judge_key(self) -> Finding | None:
        """Find the first seal for which no key vouches that is configured."""
        return finding(Differs.KEY, self._unvouched) if self._unvouched else None

    def _follows(self, seal: AuditSeal) -> bool:
        previous = self._previous
        if previous is None:
            return self._begins_anywhere or (seal.number, seal.first_id, seal.previous_hash) == (1, 1, "")
        return (seal.number, seal.first_id, seal.previous_hash) == (
            previous.number + 1,
            previous.last_id + 1,
            previous.hash,
        )


def finding(differs: Differs, seal: AuditSeal, events: Sequence[int] = ()) -> Finding:
    """Return what is wrong with the range of a seal."""
    return Finding(
        differs=differs,
        number=seal.number,
        first_id=seal.first_id,
        last_id=seal.last_id,
        events=tuple(events),
    )


def _judge_events(seal: AuditSeal, lines: Sequence[EventLine]) -> Finding | None:
    ids = [pk for pk, _line in lines]
    if seal.dropped_at is not None:
        return finding(Differs.INSERTED, seal, ids) if ids else None
    if events_sha256(lines) == seal.events_sha256:
        return None
    there = dict(leaves_of(lines))
    sealed: dict[int, str] = dict(seal.leaves)
    for differs, events in (
        (Differs.INSERTED, there.keys() - sealed.keys()),
        (Differs.MISSING, sealed.keys() - there.keys()),
        (Differs.CHANGED, {pk for pk, leaf in there.items() if sealed.get(pk) != leaf}),
    ):
        if events:
            return finding(differs, seal, sorted(events))
    return finding(Differs.CHANGED, seal)  # the fingerprints were changed with it


def _events_before_the_first() -> Finding | None:
    ids = list(AuditEvent.objects.filter(id__lt=1).order_by("id").values_list("id", flat=True)[:10])
    if not ids:
        return None
    return Finding(differs=Differs.INSERTED, number=0, first_id=ids[0], last_id=ids[-1], events=tuple(ids))


def _outside(differs: Differs, chain: _Chain) -> Finding:
    return Finding(differs=differs, number=0, first_id=chain.last_id + 1, last_id=chain.last_id + 1)


def _seals_of(path: Path) -> Iterator[AuditSeal]:
    with path.open("rb") as file:
        for line in file:
            if line.startswith(SEAL_LINE):
                yield read_seal_line(line)


def _events_of(path: Path) -> Iterator[EventLine]:
    with path.open("rb") as file:
        for line in file:
            if not line.startswith(SEAL_LINE):
                yield read_event_line(line.rstrip(b"\n"))
