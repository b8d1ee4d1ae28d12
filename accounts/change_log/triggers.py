"""Keeping the triggers in the database: they miss no path by which a row is changed (design.md §6)."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.migrations import Migration

from accounts.change_log.dialects import Trigger, dialect_of, triggers
from accounts.change_log.models import ChangeEntry, PendingEntry
from accounts.change_log.services import append_for_everybody, append_pause

#: The apps whose migrations need the triggers out of their way.
WATCHED_APPS = frozenset({"accounts", "audiences", "change_log", "keys", "refresh_sessions"})

#: What Django is about to apply or has applied: migrations, and whether backwards.
Plan = Sequence[tuple[Migration, bool]]

#: Without a session there is no token yet: a new database begins with an empty log.
_SESSIONS = "refresh_sessions_refreshsession"


def missing_triggers() -> list[str]:
    """Return the names of the triggers that should be in the database and are not."""
    there = dialect_of(connection).installed(connection)
    return sorted(trigger.name for trigger in _wanted() if trigger.name not in there)


def drop_triggers(*, plan: Plan = (), **_signal: object) -> None:
    """Drop the triggers before a migration: SQLite's rebuild of a table, and PostgreSQL's ALTER, need it.

    A running process reads of it, and does not go on for long with what it knows.
    """
    if not any(migration.app_label in WATCHED_APPS for migration, _is_backwards in plan):
        return
    there = dialect_of(connection).installed(connection)
    if _tokens_may_live(there.values()) and not missing_triggers():
        append_pause()
    _drop_all()


def install_triggers(**_signal: object) -> None:
    """Put the triggers back after a migration; an entry for everybody stands for what they have missed."""
    dialect = dialect_of(connection)
    wanted = _wanted()
    there = dialect.installed(connection)
    if {trigger.name for trigger in wanted} == there.keys():
        return
    with transaction.atomic():
        _drop_all()
        with connection.cursor() as cursor:
            for trigger in wanted:
                for statement in trigger.statements:
                    cursor.execute(statement)
        if _tokens_may_live(trigger.table for trigger in wanted):
            append_for_everybody()


def _tokens_may_live(tables: Iterable[str]) -> bool:
    if _SESSIONS not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_SESSIONS} LIMIT 1")  # noqa: S608 - a constant
        return cursor.fetchone() is not None


def _wanted() -> tuple[Trigger, ...]:
    tables = connection.introspection.table_names()
    if not {ChangeEntry._meta.db_table, PendingEntry._meta.db_table} <= set(tables):
        return ()  # migrated backwards, or only in part
    return triggers(dialect_of(connection), tables)


def _drop_all() -> None:
    dialect = dialect_of(connection)
    with connection.cursor() as cursor:
        for name, table in dialect.installed(connection).items():
            for statement in dialect.drops(name, table):
                cursor.execute(statement)
