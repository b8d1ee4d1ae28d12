"""Up to which event the log is settled: no transaction can add another one before it any more (ADR 0022)."""

import time
from datetime import timedelta

from django.db import connection

from accounts.audit.errors import StillWritingError
from accounts.audit.models import AuditEvent

_PAUSE = 0.05

# Whoever has an id that is not committed yet holds this lock: INSERT takes it before it evaluates nextval(),
# and keeps it until its commit is visible. Locks and not xids: an id is allotted before the xid is.
_WRITERS = """SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
AND pid IS DISTINCT FROM pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def settled_id(patience: timedelta) -> int:
    """Return an id up to which every event is committed or never will be.

    :raise StillWritingError: a transaction that may hold an earlier id is open for longer than ``patience``
    """
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if connection.vendor == "postgresql":
        _wait_for(_writers(), patience)
    # SQLite has one writer at a time: ids follow commits.
    return newest


def _wait_for(writers: set[str], patience: timedelta) -> None:
    """Wait for the end of these transactions; those that began later have later ids."""
    deadline = time.monotonic() + patience.total_seconds()
    while writers:
        if time.monotonic() > deadline:
            raise StillWritingError(transactions=len(writers), waited_seconds=patience.total_seconds())
        time.sleep(_PAUSE)
        writers &= _writers()


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [AuditEvent._meta.db_table])
        return {virtual for (virtual,) in cursor.fetchall()}
