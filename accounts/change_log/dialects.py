"""The triggers in the words of each database engine: what creates them, what drops them, what is there."""

import re
from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.change_log.watches import WATCHED_TABLES, WATCHES, Event, Watch
from accounts.database_triggers import PostgresqlTriggers, SqliteTriggers, Trigger

#: Every trigger and function of ours begins with this.
PREFIX = "authsite_changes_"

_PENDING = "change_log_pendingentry"
_LOG = "change_log_changeentry"
_ROWS = "scope, value, took_away"


def _trigger(name: str, table: str, *templates: str) -> Trigger:
    return Trigger.of(f"{PREFIX}{name}", table, *templates)


class Sqlite(SqliteTriggers):
    """SQLite has one writer at a time: an entry gets its position at once."""

    prefix = PREFIX
    differs = r"(OLD.\1 IS NOT NEW.\1)"
    text = (
        r"(substr(\1, 1, 8) || '-' || substr(\1, 9, 4) || '-' || substr(\1, 13, 4)"
        r" || '-' || substr(\1, 17, 4) || '-' || substr(\1, 21))"
    )
    a_day_ago = "datetime('now', '-1 day')"

    def append(self) -> Trigger:
        """Return what gives a pending entry its position."""
        return _trigger(
            "append",
            _PENDING,
            f"""CREATE TRIGGER {{name}} AFTER INSERT ON {_PENDING} BEGIN
    INSERT INTO {_LOG} (position, {_ROWS}) SELECT
        max(coalesce((SELECT max(position) FROM {_LOG}), 0) + 1,
            CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
        NEW.scope, NEW.value, NEW.took_away;
    DELETE FROM {_PENDING} WHERE id = NEW.id;
END""",  # noqa: S608 - constants
        )

    def watch(self, watch: Watch) -> Trigger:
        """Return what appends the entries of one kind of change."""
        when = f" WHEN {self._words(watch.when)}" if watch.when else ""
        return _trigger(
            watch.name,
            watch.table,
            f"""CREATE TRIGGER {{name}} AFTER {watch.event} ON {watch.table} FOR EACH ROW{when} BEGIN
    INSERT INTO {_PENDING} ({_ROWS}) {self._words(watch.selects)};
END""",
        )

    def more(self) -> Iterator[Trigger]:
        """Return nothing: ``DELETE`` without a condition fires the triggers of each row."""
        yield from ()

    def _words(self, sql: str) -> str:
        return _translated(sql, self.differs, self.text, self.a_day_ago)


class Postgresql(PostgresqlTriggers):
    """Positions follow the order of commits: they are given at the end of each commit, under a lock.

    Twice deferred: the watched row's trigger fires at the commit and leaves a pending entry, whose trigger
    fires after every other one that the transaction had waiting. So nothing waits for a row while it holds
    the lock, and two transactions cannot wait for each other here.
    """

    prefix = PREFIX
    differs = r"(OLD.\1 IS DISTINCT FROM NEW.\1)"
    text = r"\1::text"
    a_day_ago = "clock_timestamp() - interval '1 day'"

    #: Any number, the same in every process, that nobody else locks.
    lock = 0x61757468_73697465
    _sequence = "change_log_position"

    def __init__(self, schema: str) -> None:
        # Whoever writes a row may have another search path, or a temporary table of the same name.
        self._path = f'SET search_path = "{schema}", pg_temp'

    def append(self) -> Trigger:
        """Return what gives a pending entry its position.

        The position comes from a sequence, whose newest value every isolation level sees.
        """
        return _trigger(
            "append",
            _PENDING,
            f"CREATE SEQUENCE IF NOT EXISTS {self._sequence}",
            f"""CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql {self._path} AS $$
DECLARE given bigint;
BEGIN
    PERFORM pg_advisory_xact_lock({self.lock});
    given := greatest(nextval('{self._sequence}'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    PERFORM setval('{self._sequence}', given);
    INSERT INTO {_LOG} (position, {_ROWS}) VALUES (given, NEW.scope, NEW.value, NEW.took_away);
    DELETE FROM {_PENDING} WHERE id = NEW.id;
    RETURN NULL;
END $$""",  # noqa: S608 - constants
            *self._deferred("INSERT", _PENDING, ""),
        )

    def watch(self, watch: Watch) -> Trigger:
        """Return what leaves the pending entries of one kind of change."""
        return _trigger(
            watch.name,
            watch.table,
            self._function(self._words(watch.selects)),
            *self._deferred(watch.event, watch.table, self._words(watch.when)),
        )

    def more(self) -> Iterator[Trigger]:
        """Return what notices TRUNCATE, which fires no trigger of a row."""
        for table in WATCHED_TABLES:
            yield _trigger(
                f"emptied_{table.rpartition('_')[2]}",  # PostgreSQL cuts names after 63 bytes
                table,
                self._function("SELECT 'all', '', TRUE"),
                f"CREATE TRIGGER {{name}} AFTER TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
                self._always(table),
            )

    def _function(self, selects: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql {self._path}"
            f" AS $$\nBEGIN\n    INSERT INTO {_PENDING} ({_ROWS}) {selects};\n    RETURN NULL;\nEND $$"
        )

    def _always(self, table: str) -> str:
        # Also for whoever sets session_replication_role, as tools that copy data do.
        return f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {{name}}"

    def _deferred(self, event: Event | str, table: str, when: str) -> tuple[str, str]:
        condition = f" WHEN ({when})" if when else ""
        created = (
            f"CREATE CONSTRAINT TRIGGER {{name}} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW{condition} EXECUTE FUNCTION {{name}}()"
        )
        return created, self._always(table)

    def _words(self, sql: str) -> str:
        return _translated(sql, self.differs, self.text, self.a_day_ago)


Dialect = Sqlite | Postgresql


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return the engine's own words; the settings allow no third engine."""
    if connection.vendor != "postgresql":
        return Sqlite()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return Postgresql(cursor.fetchone()[0])


def triggers(dialect: Dialect, tables: Iterable[str]) -> tuple[Trigger, ...]:
    """Return every trigger whose table is there."""
    present = frozenset(tables)
    every = (dialect.append(), *(dialect.watch(watch) for watch in WATCHES), *dialect.more())
    return tuple(trigger for trigger in every if trigger.table in present)


def _translated(sql: str, differs: str, text: str, a_day_ago: str) -> str:
    sql = re.sub(r"DIFFERS\((\w+)\)", differs, sql)
    return re.sub(r"TEXT\(([\w.]+)\)", text, sql).replace("A_DAY_AGO", a_day_ago)
