"""Freeing space: rows that nothing depends on any more, a batch at a time; what SQLite knows of others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.audiences.models import UsedAssertion
from accounts.change_log.services import old_entries
from accounts.limits.models import BucketRow
from accounts.mail_links.models import MailLink
from accounts.refresh_sessions.models import RefreshSession

#: How long a resource server may be away and go on from its cursor.
ENTRIES_KEPT = timedelta(days=7)
#: How long an administrator still sees a session that has ended or expired.
SESSIONS_KEPT = timedelta(days=30)
#: Entries of each index that SQLite looks at: among millions of rows a second, in which nobody else writes.
_ENTRIES_LOOKED_AT = 100_000
#: For hosts whose clocks are behind: to them an assertion that was used has not expired yet.
ASSERTIONS_KEPT = timedelta(hours=1)


def disposable_rows(*, now: datetime) -> dict[str, list[QuerySet[Any]]]:
    """Return, by what they are called, the rows that may go; each query has an index of its own."""
    entries_until = int((now - ENTRIES_KEPT).timestamp() * 1000)
    return {
        "change log entries": [old_entries(before=entries_until)],
        "refresh sessions": list(RefreshSession.objects.all().dead(since=now - SESSIONS_KEPT)),
        "links in mails": [MailLink.objects.filter(expires_at__lt=now).order_by("expires_at")],
        "browser sessions": [Session.objects.filter(expire_date__lt=now)],
        "ended limits": [BucketRow.objects.filter(ends_ms__lt=int(now.timestamp() * 1000))],
        "used assertions": [UsedAssertion.objects.filter(expires_at__lt=now - ASSERTIONS_KEPT)],
    }


def delete_in_batches(rows: QuerySet[Any], *, size: int) -> Iterator[int]:
    """Delete ``rows`` in transactions of ``size`` rows, so that nobody waits for long; yield each count."""
    while True:
        with transaction.atomic():
            pks = list(rows.values_list("pk", flat=True)[:size])
            deleted = rows.model.objects.filter(pk__in=pks).delete()[0] if pks else 0
        if deleted:
            yield deleted
        if len(pks) < size:
            return


def gather_statistics() -> None:
    """Let SQLite see which index finds few rows; PostgreSQL does so by itself. Without it, it guesses."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_ENTRIES_LOOKED_AT}")
            cursor.execute("ANALYZE")
