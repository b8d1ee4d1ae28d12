"""What the dashboard costs: ``DATABASE_URL=… .venv/bin/python -m bench.dashboard``.

The database is a ready one, e.g. of ``manage.py create_load``; the audit events that are not counted in it
yet are counted first, and two people sign in.
"""

import os
import time
from collections.abc import Callable
from http import HTTPStatus

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsite.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin.dashboard.long_figures import _count_live, _near_budget
from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.statistics.models import EventCount, Figure, Progress
from accounts.statistics.rolling_up import count_settled_events

RUNS = 7


def timed(what: str, work: Callable[[], object]) -> None:
    """Print how long it took."""
    begun = time.perf_counter()
    found = work()
    print(f"{what:48} {time.perf_counter() - begun:8.2f} s   {found if isinstance(found, int) else ''}")


def count_everything() -> int:
    """Count what is not counted yet; return how many ids that were."""
    before = Progress.objects.values_list("last_id", flat=True).first() or 0
    return max(count_settled_events(now=timezone.now()), default=before) - before


def look(person: User) -> None:
    """Print what the page takes for a person."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    client.get("/admin/")
    time.sleep(0.5)  # what is due is found beside the page
    spent, queries, longest = [], 0, ""
    for _run in range(RUNS):
        with CaptureQueriesContext(connection) as captured:
            begun = time.perf_counter()
            answer = client.get("/admin/")
            spent.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == HTTPStatus.OK  # noqa: S101 - a benchmark of refusals says nothing
        queries = len(captured)
        slow = max(captured, key=lambda query: float(query["time"]))
        longest = f"{float(slow['time']) * 1000:.0f} ms {slow['sql'][:90]}"
    spent.sort()
    print(
        f"page for {person.email[:30]:30} {queries:3} queries, {spent[len(spent) // 2]:6.0f} ms median,"
        f" {spent[-1]:6.0f} ms most; longest {longest}"
    )


def main() -> None:
    """Print it all."""
    settings.ALLOWED_HOSTS = ["*"]
    print(
        f"{connection.vendor}: {User.objects.count()} people, {RefreshSession.objects.count()} sessions,"
        f" {AuditEvent.objects.count()} events"
    )
    timed("counting the events that were not counted", count_everything)
    print(f"rows of counts: {EventCount.objects.count()}")
    boss = User.objects.filter(is_superuser=True).order_by("email")[0]
    timed("live sessions of everybody", lambda: _count_live(boss, timezone.now()))
    timed("near the budget of every audience", lambda: len(_near_budget(boss, timezone.now())))
    look(boss)
    staff = User.objects.filter(is_staff=True, tenant__isnull=False).order_by("email").first()
    if staff is not None:
        look(staff)
    print(f"figures kept: {Figure.objects.count()}")


if __name__ == "__main__":
    main()
