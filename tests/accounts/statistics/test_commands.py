"""The commands that count events, and those that let them go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from accounts.audit.errors import StillWritingError
from accounts.audit.models import AuditEvent
from accounts.management.commands import count_audit_events
from accounts.statistics.counts import read_counts
from tests.accounts.audit.sealed_log import said, seal
from tests.accounts.statistics.traffic import DAYS, HOURS, NOW, happens

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def test_command_counts_what_is_not_counted_yet() -> None:
    last = happens()

    assert said("count_audit_events", verbosity=2).endswith(f"counted up to event {last}\n")
    assert said("count_audit_events") == "nothing to count\n"


def test_command_fails_where_somebody_still_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits(**_options: object) -> None:
        raise StillWritingError

    monkeypatch.setattr(count_audit_events, "count_settled_events", waits)

    with pytest.raises(CommandError, match="Run it again"):
        call_command("count_audit_events")


def test_events_that_are_dropped_were_counted_before(tmp_path: Path) -> None:
    for _time in range(5):
        happens()
    seal()

    said("export_audit_log", until=NOW.replace(year=2030), to=tmp_path / "events.jsonl", drop=True)

    assert not AuditEvent.objects.filter(type="refresh_session.started").exists()
    counts = read_counts(tenant=None, now=NOW, hours=HOURS, days=DAYS)
    assert sum(counts.days.values()) == 5
