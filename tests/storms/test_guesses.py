"""Guesses at two processes at once, and what the server makes of forged addresses."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.storms.databases import own_database, run_sql
from tests.storms.servers import ADMINISTRATOR, V1, Server, at_once, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REJECTED = "SELECT ip FROM audit_auditevent WHERE type = 'credentials.rejected' ORDER BY id"
BODY = b'{"email": "nobody@example.com", "password": "wrong"}'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a running server with two processes behind a proxy on this machine."""
    with own_database(tmp_path) as url, prepared(url) as server:
        server.variables["AUTHSITE_TRUSTED_PROXIES"] = "127.0.0.1"
        server.start()
        yield server


def test_of_two_hundred_guesses_at_once_ten_are_compared(server: Server) -> None:
    guess = {"email": ADMINISTRATOR, "password": "wrong"}

    answers = at_once([lambda: server.ask("POST", f"{V1}/auth/login/", guess)] * 200)

    statuses = [answer.status for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (10, 190)
    assert len(run_sql(server.variables["DATABASE_URL"], REJECTED)) == 10


def test_the_address_that_the_nearest_proxy_wrote_counts(server: Server) -> None:
    forged = b"X-Forwarded-For: 198.51.100.7\r\nX-Real-IP: 198.51.100.8\r\nForwarded: for=198.51.100.9\r\n"
    for number, lines in enumerate(
        (
            forged + b"X-Forwarded-For: 203.0.113.0\r\n",
            forged + b"X-Forwarded-For: 198.51.100.7, 203.0.113.1\r\n",
            b"X-Forwarded-For: 198.51.100.7, 203.0.113.2\r\n",
        )
    ):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                b"Content-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (lines, len(BODY), BODY)
            )
            assert connection.recv(100).startswith(b"HTTP/1.1 401")

        addresses = run_sql(server.variables["DATABASE_URL"], REJECTED)
        assert str(addresses[-1][0]) == f"203.0.113.{number}"
