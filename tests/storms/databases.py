"""A database of its own for a storm, on the engine that the tests run on, and plain SQL to look into it."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IS_POSTGRESQL = connection.vendor == "postgresql"


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database, which is removed afterwards."""
    if not IS_POSTGRESQL:
        yield f"sqlite:///{folder}/storm.sqlite3"
        return
    url, name = os.environ["DATABASE_URL"], f"authsite_storm_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_sql(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement over a connection that knows nothing of Django."""
    if IS_POSTGRESQL:
        with psycopg.connect(url) as plain:
            cursor = plain.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as lite, lite:
        # Django's constraints on codes use it; integrity_check asks them.
        lite.create_function("REGEXP", 2, lambda pattern, text: re.search(pattern, str(text)) is not None)
        return list(lite.execute(statement))


class Cable:
    """A connection to PostgreSQL that can be pulled out and put back, as a restart of the server does."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._is_plugged = True
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """Cut every connection, and take no new one."""
        self._is_plugged = False
        for each in list(self._open):
            _cut(each)

    def plug(self) -> None:
        """Take connections again."""
        self._is_plugged = True

    def close(self) -> None:
        """Stop for good."""
        self.pull()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if not self._is_plugged:
                _cut(client)
                continue
            server = socket.create_connection(self._target)
            self._open |= {client, server}
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        finally:
            _cut(one)
            _cut(other)


def _cut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


@contextmanager
def cabled(url: str) -> Iterator[tuple[str, Cable]]:
    """Yield a URL that leads through a cable, and the cable."""
    parts = urlsplit(url)
    cable = Cable(parts.hostname or "127.0.0.1", parts.port or 5432)
    user = parts.netloc.rpartition("@")[0] or "postgres"
    try:
        yield f"{parts.scheme}://{user}@127.0.0.1:{cable.port}{parts.path}", cable
    finally:
        cable.close()
