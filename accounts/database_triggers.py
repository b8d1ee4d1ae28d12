"""Triggers that are kept in the database: what is there, what is missing, and migrations in between."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

#: What Django is about to apply or has applied: migrations, and whether backwards.
Plan = Sequence[tuple[Migration, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger; its name ends with a hash of what it does, so that an old one is not taken for it."""

    name: str
    table: str
    statements: tuple[str, ...]

    @classmethod
    def of(cls, name: str, table: str, *templates: str) -> "Trigger":
        """Return the trigger whose statements have ``{name}`` where its name belongs."""
        digest = hashlib.sha256("\n".join((table, *templates)).encode()).hexdigest()[:8]
        named = f"{name}_{digest}"
        statements = tuple(template.replace("{name}", named) for template in templates)
        return cls(name=named, table=table, statements=statements)


class SqliteTriggers:
    """How SQLite lists and drops triggers. Subclasses say how the names of theirs begin."""

    prefix: ClassVar[str]

    def installed(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """Return the table of each trigger of ours that is there and enabled."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND instr(name, %s) = 1",
                [self.prefix],
            )
            return dict(cursor.fetchall())

    def drops(self, name: str, _table: str) -> tuple[str, ...]:
        """Return the statements that remove a trigger."""
        return (f'DROP TRIGGER IF EXISTS "{name}"',)


class PostgresqlTriggers:
    """How PostgreSQL lists and drops triggers, each with a function of its own name."""

    prefix: ClassVar[str]

    def installed(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """Return the table of each trigger of ours that is there and enabled."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE starts_with(tgname, %s) AND tgenabled = 'A' AND pg_table_is_visible(tgrelid)",
                [self.prefix],
            )
            return dict(cursor.fetchall())

    def drops(self, name: str, table: str) -> tuple[str, ...]:
        """Return the statements that remove a trigger."""
        return (f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"', f'DROP FUNCTION IF EXISTS "{name}"()')


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSet:
    """The triggers of one room.

    ``wanted`` reads what should be there as the tables are now; the migrations of ``apps`` need them out of
    their way: SQLite rebuilds tables, and PostgreSQL alters no column that a trigger names.
    """

    dialect_of: Callable[[BaseDatabaseWrapper], SqliteTriggers | PostgresqlTriggers]
    wanted: Callable[[], tuple[Trigger, ...]]
    apps: frozenset[str]

    def missing(self) -> list[str]:
        """Return the names of the triggers that should be in the database and are not."""
        there = self.dialect_of(connection).installed(connection)
        return sorted(trigger.name for trigger in self.wanted() if trigger.name not in there)

    def are_in_the_way_of(self, plan: Plan) -> bool:
        """Tell whether a migration of ``plan`` needs them dropped."""
        return any(migration.app_label in self.apps for migration, _is_backwards in plan)

    def drop(self) -> None:
        """Drop every trigger of the room that is there."""
        dialect = self.dialect_of(connection)
        with connection.cursor() as cursor:
            for name, table in dialect.installed(connection).items():
                for statement in dialect.drops(name, table):
                    cursor.execute(statement)

    def install(self, *, after: Callable[[], None] | None = None) -> None:
        """Bring the database to what is wanted; call ``after`` in the same transaction if it was not."""
        wanted, dialect = self.wanted(), self.dialect_of(connection)
        if {trigger.name for trigger in wanted} == dialect.installed(connection).keys():
            return
        with transaction.atomic():
            self.drop()
            with connection.cursor() as cursor:
                for trigger in wanted:
                    # One that somebody disabled counts as missing, and is still in the way.
                    for statement in (*dialect.drops(trigger.name, trigger.table), *trigger.statements):
                        cursor.execute(statement)
            if after is not None:
                after()
