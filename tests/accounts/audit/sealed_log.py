"""An audit log to seal, and to break behind the guard's back."""

from __future__ import annotations

from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import connection, transaction

from accounts.audit.event_types import EventType
from accounts.audit.guard import GUARD
from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.sealing import seal_settled_events
from accounts.audit.services import AuditSubject, record_event
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def happen(count: int, *, at: datetime = NOW) -> list[int]:
    """Record some events; return their ids."""
    return [
        record_event(
            type=EventType.USER_CHANGED,
            actor=SYSTEM,
            subject=AuditSubject(kind="user", id=f"{number}", label="ñandú"),
            now=at,
            changes={"ui_preferences": ({}, {"size": 1.5, "text": "\ud83d\ude00 “x”\n"})},
        ).pk
        for number in range(count)
    ]


def seal(*, most: int = 4, now: datetime = NOW) -> list[AuditSeal]:
    """Seal everything."""
    return list(seal_settled_events(now=now, most=most))


def said(command: str, **options: Any) -> str:
    """Return what a command writes."""
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@contextmanager
def unguarded() -> Iterator[None]:
    """Do what the owner of the database could: put the guard aside."""
    with transaction.atomic():
        GUARD.drop()
        yield
        GUARD.install()


def sql(statement: str, *values: Any) -> None:
    """Run plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def ids() -> list[int]:
    """Return the ids of all events."""
    return list(AuditEvent.objects.order_by("id").values_list("id", flat=True))
