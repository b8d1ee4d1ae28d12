"""What was said of departments at moments of the past, and whether they were in force."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.audit.models import AuditEvent
from accounts.models import Department
from accounts.models.subject_facts import DepartmentFacts


def later_than(newest_first: Sequence[AuditEvent], moment: datetime) -> list[AuditEvent]:
    """Return the events after the last one at or before ``moment``, the newest first."""
    last = max((event.pk for event in newest_first if event.at <= moment), default=0)
    return [event for event in newest_first if event.pk > last]


def was_retired(events: Sequence[AuditEvent], moment: datetime, *, is_retired: bool) -> bool:
    """Tell whether something was retired at ``moment``; ``is_retired`` says how it is now."""
    for event in later_than(events, moment):
        if "retired_at" in event.changes:
            is_retired = event.changes["retired_at"][0] is not None
    return is_retired


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRow:
    """A department as it is now, with what happened to it, the newest first."""

    pk: int
    code: str
    label: str
    parent: str | None
    is_retired: bool
    events: Sequence[AuditEvent] = ()

    def at(self, moment: datetime) -> "DepartmentRow":
        """Return it as it was at ``moment``."""
        before: dict[str, str | None] = {}
        for event in later_than(self.events, moment):
            before |= {name: event.changes[name][0] for name in ("label", "parent") if name in event.changes}
        return replace(
            self,
            label=before.get("label") or self.label,
            parent=before.get("parent", self.parent),
            is_retired=was_retired(self.events, moment, is_retired=self.is_retired),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDepartments:
    """Departments by code; with all of them, also the way from the root to each."""

    rows: Mapping[str, DepartmentRow]
    with_path: bool

    def in_force(self, code: str, moment: datetime) -> DepartmentFacts | None:
        """Return what was said of a department at ``moment``: nothing where it was retired.

        :raise KeyError: there is none with this code
        """
        then = self.rows[code].at(moment)
        if then.is_retired:
            return None
        path = self._path(then, moment) if self.with_path else (code,)
        return DepartmentFacts(code=code, label=then.label, path=path)

    def _path(self, then: DepartmentRow, moment: datetime) -> tuple[str, ...]:
        path = [then.code]
        while then.parent is not None and then.parent not in path:
            then = self.rows[then.parent].at(moment)
            path.insert(0, then.code)
        return tuple(path)


def read_departments(codes: Collection[str], *, everywhere: bool) -> list[DepartmentRow]:
    """Read the departments with these codes, or all of them. One query, and none for no codes."""
    if not everywhere and not codes:
        return []
    wanted = Department.objects.all() if everywhere else Department.objects.filter(code__in=codes)
    found: Iterable[tuple[int, str, str, str | None, datetime | None]] = wanted.values_list(
        "pk", "code", "label", "parent__code", "retired_at"
    )
    return [
        DepartmentRow(pk=pk, code=code, label=label, parent=parent, is_retired=retired_at is not None)
        for pk, code, label, parent, retired_at in found
    ]
