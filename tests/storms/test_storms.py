"""What the promises of design.md §5 and §6 are worth with two processes, and when one is shot."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import pytest

from tests.storms.databases import IS_POSTGRESQL, cabled, own_database, run_sql
from tests.storms.servers import ADMINISTRATOR, V1, Answer, Server, at_once, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EDITOR = "editora@example.com"
COUNT_SESSIONS = "SELECT count(*) FROM refresh_sessions_refreshsession"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a running server with two processes."""
    with own_database(tmp_path) as url, prepared(url) as server:
        # Logins in flight hold places, and a storm has more of them than people have.
        wide = {"PAIR": "1000", "ACCOUNT": "1000", "ADDRESS": "100000", "DEVICE": "1000"}
        server.variables |= {f"AUTHSITE_LIMIT_PER_{name}": value for name, value in wide.items()}
        server.start()
        yield server


def sql(server: Server, statement: str) -> list[tuple[Any, ...]]:
    return run_sql(server.variables["DATABASE_URL"], statement)


def refreshing(server: Server, tokens: dict[str, Any]) -> Callable[[], Answer]:
    return partial(server.refresh, tokens)


def test_a_hundred_parallel_refreshes_at_two_processes_take_one_step(server: Server) -> None:
    tokens = server.log_in()

    answers = at_once([refreshing(server, tokens)] * 100)

    assert {answer.status for answer in answers} == {200}
    successors = {answer.body["refresh"] for answer in answers}
    assert len(successors) == 1
    assert sql(server, "SELECT generation FROM refresh_sessions_refreshsession") == [(2,)]
    assert server.refresh(answers[0].body).status == 200


def test_connections_that_are_cut_before_the_answer_cost_nothing(server: Server) -> None:
    tokens = server.log_in()

    for _ in range(20):
        server.send_and_hang_up(tokens)

    first, second = server.refresh(tokens), server.refresh(tokens)
    assert (first.status, second.status) == (200, 200)
    assert first.body["refresh"] == second.body["refresh"]
    assert server.refresh(first.body).status == 200


def test_processes_shot_in_the_middle_lose_no_session_and_leave_no_half(server: Server) -> None:
    logins = [partial(server.log_in, email) for email in (ADMINISTRATOR, EDITOR)]
    phones = at_once(logins * 10, threads=8)
    requests: list[Callable[[], object]] = [
        *(refreshing(server, phone) for phone in phones * 4),
        *logins * 60,
    ]

    def shoot() -> None:
        time.sleep(0.4)
        server.kill()

    answers = at_once([shoot, *requests], threads=60)
    cut_off = [answer for answer in answers if isinstance(answer, OSError | HTTPException)]
    assert cut_off, "nothing was in the middle"
    assert all(answer in cut_off for answer in answers if isinstance(answer, Exception))
    server.start()

    again = at_once([refreshing(server, phone) for phone in phones], threads=8)

    assert [answer.status for answer in again] == [200] * len(phones)
    on = at_once([refreshing(server, answer.body) for answer in again], threads=8)
    assert [answer.status for answer in on] == [200] * len(phones)
    (sessions,) = sql(server, COUNT_SESSIONS)
    (events,) = sql(server, "SELECT count(*) FROM audit_auditevent WHERE type = 'refresh_session.started'")
    assert sessions == events
    assert sql(server, f"{COUNT_SESSIONS} WHERE ended_at IS NOT NULL") == [(0,)]
    assert sql(server, "SELECT count(*) FROM change_log_pendingentry") == [(0,)]
    if not IS_POSTGRESQL:
        assert sql(server, "PRAGMA integrity_check") == [("ok",)]


TAKE_ROLES = (
    "DELETE FROM accounts_user_roles WHERE user_id = (SELECT id FROM accounts_user WHERE email = '{}')"
)


def test_role_that_raw_sql_takes_away_is_refused_by_every_process(server: Server) -> None:
    admin, editor = server.log_in(), server.log_in(EDITOR)

    def ask(tokens: dict[str, Any]) -> Callable[[], Answer]:
        return lambda: server.ask("GET", f"{V1}/auth/token/", token=tokens["token"])

    assert {answer.status for answer in at_once([ask(admin), ask(editor)] * 20)} == {200}

    sql(server, TAKE_ROLES.format(ADMINISTRATOR))
    time.sleep(2)

    refused = at_once([ask(admin)] * 40)
    assert {(answer.status, answer.body["code"]) for answer in refused} == {(401, "token_stale")}
    assert {answer.status for answer in at_once([ask(editor)] * 40)} == {200}
    fresh = server.refresh(admin)
    assert fresh.status == 200
    assert ask(fresh.body)().body["claims"]["user_roles"] == []


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL has no lock of the whole database")
def test_locked_sqlite_says_wait_and_heals(tmp_path: Path) -> None:
    with own_database(tmp_path) as url, prepared(f"{url}?timeout=1") as server:
        server.start()
        tokens = server.log_in()
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            answers = at_once([refreshing(server, tokens)] * 6)
            login = {"email": ADMINISTRATOR, "password": "storms and parallel lives"}
            answers.append(server.ask("POST", f"{V1}/auth/login/", login))
            other.execute("ROLLBACK")

        assert {answer.status for answer in answers} == {503}
        assert {answer.headers["retry-after"] for answer in answers} == {"1"}
        assert {answer.body["action"] for answer in answers} == {"wait"}
        assert server.refresh(tokens).status == 200


@pytest.mark.postgresql
@pytest.mark.skipif(not IS_POSTGRESQL, reason="needs PostgreSQL")
def test_postgresql_that_goes_away_says_wait_and_heals(tmp_path: Path) -> None:
    with own_database(tmp_path) as url, cabled(url) as (through, cable), prepared(through) as server:
        server.variables["AUTHSITE_CHANGE_LOG_MAX_AGE_SECONDS"] = "1"
        server.start()
        tokens = server.log_in()
        ask = ("GET", f"{V1}/auth/token/")
        assert server.ask(*ask, token=tokens["token"]).status == 200

        cable.pull()
        refused = at_once([refreshing(server, tokens)] * 6)
        time.sleep(2.5)
        refused += at_once([lambda: server.ask(*ask, token=tokens["token"])] * 6)
        cable.plug()

        assert {answer.status for answer in refused} == {503}
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        time.sleep(1.1)  # each process asks a database that is down once a second
        healed = at_once([lambda: server.ask(*ask, token=tokens["token"])] * 12)
        assert {answer.status for answer in healed} == {200}
        assert server.refresh(tokens).status == 200
