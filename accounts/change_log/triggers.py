"""Keeping the triggers in the database: they miss no path by which a row is changed (design.md §6)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.change_log.dialects import dialect_of, triggers
from accounts.change_log.models import ChangeEntry, PendingEntry
from accounts.change_log.services import append_for_everybody, append_pause
from accounts.database_triggers import Plan, Trigger, TriggerSet

_AUDIENCES, _RULES = "audiences_audience", "audiences_accessrule"

#: The apps whose migrations need the triggers out of their way.
WATCHED_APPS = frozenset({"accounts", "audiences", "change_log", "keys", "refresh_sessions"})

#: Without a session there is no token yet: a new database begins with an empty log.
_SESSIONS = "refresh_sessions_refreshsession"


def missing_triggers() -> list[str]:
    """Return the names of the triggers that should be in the database and are not."""
    return _TRIGGERS.missing()


def drop_triggers(*, plan: Plan = (), **_signal: object) -> None:
    """Drop the triggers before a migration that they would be in the way of.

    A running process reads of it, and does not go on for long with what it knows.
    """
    if _TRIGGERS.are_in_the_way_of(plan):
        _lift()


def install_triggers(**_signal: object) -> None:
    """Put the triggers back after a migration; an entry for everybody stands for what they have missed."""
    _TRIGGERS.install(after=_append_where_tokens_may_live)


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """Do without the triggers while a development database is filled, as a migration does."""
    _lift()
    try:
        yield
    finally:
        install_triggers()


def _lift() -> None:
    if _tokens_may_live() and not missing_triggers():
        append_pause()
    _TRIGGERS.drop()


def _append_where_tokens_may_live() -> None:
    if _tokens_may_live():
        append_for_everybody()


def _tokens_may_live() -> bool:
    if _SESSIONS not in connection.introspection.table_names() or not _wanted():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_SESSIONS} LIMIT 1")  # noqa: S608 - a constant
        return cursor.fetchone() is not None


def _wanted() -> tuple[Trigger, ...]:
    tables = connection.introspection.table_names()
    if not {ChangeEntry._meta.db_table, PendingEntry._meta.db_table} <= set(tables):
        return ()  # migrated backwards, or only in part
    if _AUDIENCES in tables and _RULES not in tables:
        return ()  # the audiences of an earlier release, whose own "migrate" knows its triggers
    return triggers(dialect_of(connection), tables)


_TRIGGERS = TriggerSet(dialect_of=dialect_of, wanted=_wanted, apps=WATCHED_APPS)
