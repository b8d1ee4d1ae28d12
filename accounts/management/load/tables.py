"""Writing very many rows: COPY on PostgreSQL, one prepared statement on SQLite, indexes afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

#: A value as both engines read it from text: UUIDs as 32 digits, moments in UTC, JSON, truth as 0 or 1.
Value = str | int | None
Row = tuple[Value, ...]

#: Rows that are written, and kept in memory, at a time.
CHUNK = 50_000
#: SQLite's own cache holds 2 MB; sorting an index of millions of rows in it takes minutes.
_LARGE_CACHE = "PRAGMA cache_size = -400000"
#: What is lost with the power is made up again: nobody waits for the disk after each chunk.
_HASTE = {
    "sqlite": ("PRAGMA synchronous = OFF", "PRAGMA synchronous = FULL"),
    "postgresql": ("SET synchronous_commit = off", "RESET synchronous_commit"),
}


class TableWriter:
    """Writes rows of one table in chunks, a transaction each; those that they point at are written before."""

    def __init__(
        self, model: type[models.Model], columns: Sequence[str], *, after: "TableWriter | None" = None
    ) -> None:
        self._table = model._meta.db_table
        self._columns = tuple(columns)
        self._rows: list[Row] = []
        self._after = after
        self.written = 0

    def add(self, row: Row) -> None:
        """Write a row with the next chunk."""
        self._rows.append(row)
        if len(self._rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what was added."""
        if self._after is not None:
            self._after.flush()
        rows, self._rows = self._rows, []
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._copy(cursor, rows)
            else:
                self._insert(cursor, rows)
        self.written += len(rows)

    def _copy(self, cursor: Any, rows: list[Row]) -> None:
        columns = ", ".join(f'"{name}"' for name in self._columns)
        with cursor.copy(f'COPY "{self._table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        # What is deferred would otherwise be in the way of the indexes, where a test commits nothing.
        connection.check_constraints()

    def _insert(self, cursor: Any, rows: list[Row]) -> None:
        columns = ", ".join(f'"{name}"' for name in self._columns)
        places = ", ".join(["%s"] * len(self._columns))
        cursor.executemany(
            f'INSERT INTO "{self._table}" ({columns}) VALUES ({places})',  # noqa: S608 - names of the model
            rows,
        )


@contextmanager
def indexes_built_afterwards(*tables: type[models.Model]) -> Iterator[None]:
    """Drop the indexes of these tables that make nothing unique, and build them over all rows at the end.

    Each row would otherwise touch a random page of each. They come back after a fault too.
    """
    if connection.vendor == "sqlite":
        _execute(_LARGE_CACHE)
    definitions = _definitions(tables)
    for name in definitions:
        _execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        for definition in definitions.values():
            _execute(definition)


@contextmanager
def in_haste() -> Iterator[None]:
    """Have commits not wait for the disk: for rows that can be written again."""
    if connection.in_atomic_block:  # SQLite cannot change it within a transaction, as tests have one
        yield
        return
    begin, end = _HASTE[connection.vendor]
    _execute(begin)
    try:
        yield
    finally:
        _execute(end)


def _definitions(tables: Sequence[type[models.Model]]) -> dict[str, str]:
    """Return by its name what creates each index."""
    asked = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"
    )
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(asked, [model._meta.db_table])
            found += cursor.fetchall()
    return {name: sql for name, sql in found if not sql.startswith("CREATE UNIQUE")}


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def gather_statistics() -> None:
    """Tell the planner what the tables hold now; autovacuum and nobody would, respectively, later."""
    with connection.cursor() as cursor:
        # Within the transaction of a test, VACUUM is refused.
        is_postgresql = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM (ANALYZE)" if is_postgresql else "ANALYZE")
