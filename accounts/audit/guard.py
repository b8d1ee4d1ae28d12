"""The guard: the database itself refuses to change or delete audit events and their seals (ADR 0022).

There is no switch that lifts it. An event is deleted only where its seal says for ever that its range was
dropped, and nothing else of a seal is ever written again. What triggers cannot refuse (``DROP TABLE``,
``ALTER TABLE``, an exchanged file) is noticed by verifying the seals.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.audit.models import AuditEvent, AuditSeal
from accounts.database_triggers import Plan, PostgresqlTriggers, SqliteTriggers, Trigger, TriggerSet

#: Every trigger and function of ours begins with this.
PREFIX = "authsite_audit_"

EVENTS = AuditEvent._meta.db_table
SEALS = AuditSeal._meta.db_table
EVENTS_REFUSAL = "audit events are append-only: this one was neither changed nor deleted"
SEALS_REFUSAL = "seals of the audit log are append-only: this one was neither changed nor deleted"

#: What is written on a seal when the events of its range are dropped, once.
_DROP_FIELDS = ("dropped_at", "drop_mac")
_KEPT = [field.column for field in AuditSeal._meta.concrete_fields if field.name not in _DROP_FIELDS]

# Ranges do not overlap: the first that does not end before the event is the only one that may hold it.
_IS_DROPPED = f"""EXISTS (SELECT 1 FROM {SEALS} WHERE dropped_at IS NOT NULL AND first_id <= OLD.id
    AND number = (SELECT number FROM {SEALS} WHERE last_id >= OLD.id ORDER BY last_id LIMIT 1))"""  # noqa: S608 - constants


def _only_marks_as_dropped(same: str) -> str:
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _KEPT)
    return f"OLD.dropped_at IS NULL AND NEW.dropped_at IS NOT NULL AND {kept}"


class Sqlite(SqliteTriggers):
    """Conditions stand before the body; ``INSERT OR REPLACE`` would delete without firing a trigger."""

    prefix = PREFIX

    def triggers(self) -> Iterator[Trigger]:
        """Yield the guard of both tables."""
        yield self._refuse("event_change", EVENTS, "UPDATE", EVENTS_REFUSAL, "")
        yield self._refuse("event_deletion", EVENTS, "DELETE", EVENTS_REFUSAL, f"NOT {_IS_DROPPED}")
        yield self._refuse("seal_change", SEALS, "UPDATE", SEALS_REFUSAL, self._seal_condition())
        yield self._refuse("seal_deletion", SEALS, "DELETE", SEALS_REFUSAL, "")
        for name, table, key, refusal in (
            ("event_replacement", EVENTS, "id", EVENTS_REFUSAL),
            ("seal_replacement", SEALS, "number", SEALS_REFUSAL),
        ):
            exists = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - constants
            yield self._refuse(name, table, "INSERT", refusal, exists)

    def _seal_condition(self) -> str:
        return f"NOT ({_only_marks_as_dropped('IS')})"

    def _refuse(self, name: str, table: str, event: str, refusal: str, when: str) -> Trigger:
        condition = f" WHEN {when}" if when else ""
        return Trigger.of(
            f"{PREFIX}{name}",
            table,
            f"CREATE TRIGGER {{name}} BEFORE {event} ON {table} FOR EACH ROW{condition} BEGIN\n"
            f"    SELECT RAISE(ABORT, '{refusal}');\nEND",
        )


class Postgresql(PostgresqlTriggers):
    """Enabled always: ``session_replication_role`` does not turn them off."""

    prefix = PREFIX

    def __init__(self, schema: str) -> None:
        # Without it, a temporary table named as that of the seals could say that everything was dropped.
        self._path = f'SET search_path = "{schema}", pg_temp'

    def triggers(self) -> Iterator[Trigger]:
        """Yield the guard of both tables."""
        yield self._refuse("event_change", EVENTS, "UPDATE", EVENTS_REFUSAL)
        yield self._refuse("event_deletion", EVENTS, "DELETE", EVENTS_REFUSAL, unless=_IS_DROPPED)
        unless = _only_marks_as_dropped("IS NOT DISTINCT FROM")
        yield self._refuse("seal_change", SEALS, "UPDATE", SEALS_REFUSAL, unless=unless, result="NEW")
        yield self._refuse("seal_deletion", SEALS, "DELETE", SEALS_REFUSAL)
        yield self._refuse("event_truncation", EVENTS, "TRUNCATE", EVENTS_REFUSAL, each="STATEMENT")
        yield self._refuse("seal_truncation", SEALS, "TRUNCATE", SEALS_REFUSAL, each="STATEMENT")

    def _refuse(
        self,
        name: str,
        table: str,
        event: str,
        refusal: str,
        *,
        unless: str = "",
        result: str = "OLD",
        each: str = "ROW",
    ) -> Trigger:
        allowed = f"    IF {unless} THEN RETURN {result}; END IF;\n" if unless else ""
        return Trigger.of(
            f"{PREFIX}{name}",
            table,
            f"CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql {self._path}"
            f" AS $$\nBEGIN\n{allowed}    RAISE EXCEPTION '{refusal}'"
            " USING ERRCODE = 'restrict_violation';\nEND $$",
            f"CREATE TRIGGER {{name}} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {{name}}()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {{name}}",
        )


def dialect_of(connection: BaseDatabaseWrapper) -> Sqlite | Postgresql:
    """Return the engine's own words; the settings allow no third engine."""
    if connection.vendor != "postgresql":
        return Sqlite()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return Postgresql(cursor.fetchone()[0])


def _wanted() -> tuple[Trigger, ...]:
    if not {EVENTS, SEALS} <= set(connection.introspection.table_names()):
        return ()  # migrated backwards, or only in part
    return tuple(dialect_of(connection).triggers())


GUARD = TriggerSet(dialect_of=dialect_of, wanted=_wanted, apps=frozenset({"audit"}))


def drop_guard(*, plan: Plan = (), **_signal: object) -> None:
    """Drop the guard before a migration of its tables."""
    if GUARD.are_in_the_way_of(plan):
        GUARD.drop()


def install_guard(**_signal: object) -> None:
    """Put the guard back after a migration."""
    GUARD.install()
