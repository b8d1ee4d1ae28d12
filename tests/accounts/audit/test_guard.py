"""The database refuses to change or delete audit events and seals, whoever asks and however."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import mark_as_dropped
from tests.accounts.audit.sealed_log import happen, ids, seal, sql
from tests.accounts.journeys import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

IS_POSTGRESQL = connection.vendor == "postgresql"


def refused(act: Callable[[], object], words: str = "audit events are append-only") -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()


@pytest.mark.django_db
def test_events_are_neither_changed_nor_deleted() -> None:
    pk = happen(2)[0]
    event = AuditEvent.objects.get(pk=pk)
    event.type = "user.deleted"

    refused(event.save)
    refused(event.delete)
    refused(lambda: AuditEvent.objects.update(ip=None))
    refused(lambda: AuditEvent.objects.all().delete())
    refused(lambda: AuditEvent.objects.bulk_update([event], ["type"]))
    refused(lambda: sql("UPDATE audit_auditevent SET type = 'x' WHERE id = %s", pk))
    refused(lambda: sql("DELETE FROM audit_auditevent"))
    assert AuditEvent.objects.get(pk=pk).type == "user.changed"


@pytest.mark.django_db
@pytest.mark.skipif(IS_POSTGRESQL, reason="SQLite's own statement")
def test_replacing_an_event_is_no_way_round() -> None:
    pk = happen(1)[0]
    refused(lambda: sql("INSERT OR REPLACE INTO audit_auditevent SELECT * FROM audit_auditevent"))
    refused(lambda: sql("REPLACE INTO audit_auditevent SELECT * FROM audit_auditevent"))
    assert pk in ids()


@pytest.mark.django_db
@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite knows no TRUNCATE and no roles of replication")
def test_truncating_and_a_replica_are_no_ways_round() -> None:
    pk = happen(1)[0]

    refused(lambda: sql("TRUNCATE audit_auditevent"))
    refused(lambda: sql("TRUNCATE audit_auditseal"), "seals of the audit log are append-only")
    sql("SET LOCAL session_replication_role = replica")
    refused(lambda: sql("DELETE FROM audit_auditevent WHERE id = %s", pk))


@pytest.mark.django_db
@pytest.mark.skipif(not IS_POSTGRESQL, reason="triggers of SQLite see no temporary tables")
def test_a_temporary_table_of_seals_is_no_way_round() -> None:
    pk = happen(1)[0]
    sql(
        "CREATE TEMPORARY TABLE audit_auditseal ON COMMIT DROP AS SELECT 1 AS number, 0 AS first_id,"
        " 999999999 AS last_id, now() AS dropped_at"
    )

    refused(lambda: sql("DELETE FROM audit_auditevent WHERE id = %s", pk))


@pytest.mark.django_db
def test_a_seal_says_once_that_its_range_was_dropped_and_is_else_never_written() -> None:
    happen(2)
    first, *_rest = seal()
    words = "seals of the audit log are append-only"
    rows = AuditSeal.objects.filter(pk=first.pk)

    for field in AuditSeal._meta.concrete_fields:
        if field.name not in {"dropped_at", "drop_mac"}:
            other: Any = {"x": 1} if isinstance(field, models.JSONField) else 99
            other = NOW.replace(year=1999) if isinstance(field, models.DateTimeField) else other
            written = {field.name: other, "dropped_at": NOW}
            refused(partial(rows.update, **written), words)
    refused(lambda: rows.update(drop_mac="x"), words)
    refused(rows.delete, words)
    rows.update(dropped_at=NOW, drop_mac="x")
    refused(lambda: rows.update(dropped_at=None), words)
    refused(lambda: rows.update(drop_mac="y"), words)


@pytest.mark.django_db
def test_events_go_only_where_their_seal_says_that_they_were_dropped() -> None:
    happen(8)
    first, second = seal(most=5)[:2]
    mark_as_dropped(first, now=NOW)
    AuditSeal.objects.filter(pk=first.pk).update(dropped_at=NOW, drop_mac=first.drop_mac)

    refused(lambda: AuditEvent.objects.filter(id=second.first_id).delete())
    refused(lambda: AuditEvent.objects.all().delete())
    AuditEvent.objects.filter(id__lte=first.last_id).delete()

    assert min(ids()) > first.last_id
