"""Keys rotate while everybody verifies, and a revoked one is refused by both processes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import jwt
import pytest

from tests.storms.databases import own_database, run_sql
from tests.storms.servers import V1, Server, at_once, prepared
from tests.storms.verifiers import KeptSet, Verifiers, make_audiences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_AGE = 2
ROUNDS = 2
STATES = "SELECT state, count(*) FROM keys_signingkey GROUP BY state ORDER BY state"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a running server with two processes, whose JWK Set may be kept for two seconds."""
    with own_database(tmp_path) as url, prepared(url) as server:
        server.variables["AUTHSITE_JWK_SET_MAX_AGE_SECONDS"] = str(MAX_AGE)
        server.start()
        yield server


def test_no_verification_fails_while_every_algorithm_is_rotated(server: Server) -> None:
    make_audiences(server)
    server.manage("rotate_signing_keys", "--every", "0")
    time.sleep(2 * MAX_AGE)

    with Verifiers(server) as verifiers:
        for _round in range(ROUNDS):
            time.sleep(2 * MAX_AGE)
            server.manage("rotate_signing_keys", "--every", "0")
        time.sleep(2)

    assert verifiers.failures == []
    assert verifiers.verified > 100
    assert len(verifiers.kids) == 3 * (ROUNDS + 1)
    states = dict(run_sql(server.variables["DATABASE_URL"], STATES))
    assert states == {"current": 3, "next": 3, "previous": 3 * ROUNDS}


def test_a_revoked_key_is_refused_by_every_process_and_another_signs(server: Server) -> None:
    tokens = server.log_in()
    kid = jwt.get_unverified_header(tokens["token"])["kid"]

    def ask() -> int:
        return server.ask("GET", f"{V1}/auth/token/", token=tokens["token"]).status

    assert set(at_once([ask] * 20)) == {200}
    server.manage("revoke_signing_key", kid)
    time.sleep(2)

    assert set(at_once([ask] * 40)) == {401}
    fresh = server.refresh(tokens).body
    assert server.ask("GET", f"{V1}/auth/token/", token=fresh["token"]).status == 200
    assert KeptSet(server).claims_of(fresh["token"], "api-mi-aplicacion")["sub"]
