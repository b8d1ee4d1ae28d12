"""What sealing and verifying the audit log costs: ``.venv/bin/python -m bench.audit_log``."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from accounts.audit.actors import Actor
from accounts.audit.exports import drop_exported, export_audit_log
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.sealing import seal_settled_events
from accounts.audit.verification import verify_audit_log, verify_export
from accounts.services.past_standing import standing_at
from accounts.services.users import create_user

EVENTS = 50_000
SYSTEM = Actor.system("bench")


def fill(count: int) -> None:
    """Append events such as a busy week has."""
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                type="refresh_session.started",
                at=now,
                actor_label=f"person{each}@example.org",
                subject_kind="user",
                subject_id=f"{each:032x}",
                subject_label=f"person{each}@example.org",
                ip="192.0.2.1",
                user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                request_id=f"{each:032x}",
                facts={"sid": f"{each:032x}", "device": "phone", "generation": 1, "audience": "api"},
            )
            for each in range(count)
        ),
        batch_size=1000,
    )


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    config = setup_databases(verbosity=0, interactive=False)
    try:
        person = create_user(
            email="a@example.org",
            name="A",
            actor=SYSTEM,
            now=timezone.now(),
        )
        fill(EVENTS)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.jsonl"
            rows = [
                ("seal", seconds(lambda: list(seal_settled_events(now=timezone.now())))),
                ("verify the table", seconds(verify_audit_log)),
            ]
            begun = time.perf_counter()
            export = export_audit_log(until=timezone.now(), path=path, actor=SYSTEM, now=timezone.now())
            rows += [
                ("export, sync and verify", time.perf_counter() - begun),
                ("verify the file", seconds(lambda: verify_export(path))),
            ]
            size = path.stat().st_size
            asked = seconds(lambda: standing_at(person.pk, at=timezone.now()))
            rows.append(
                ("drop", seconds(lambda: list(drop_exported(export, actor=SYSTEM, now=timezone.now()))))
            )
        print(f"{EVENTS:,} events on {connection.vendor}, {AuditSeal.objects.count()} seals")
        for name, spent in rows:
            print(f"  {name:<26}{EVENTS / spent:>10,.0f} events/s")
        print(f"  {'one question of the past':<26}{asked * 1000:>10,.1f} ms")
        print(f"  {'the file':<26}{size / EVENTS:>10,.0f} bytes an event")
    finally:
        teardown_databases(config, verbosity=0)


if __name__ == "__main__":
    main()
