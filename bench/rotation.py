"""Rotating every algorithm under load, and the seconds from a revocation to the last acceptance.

``.venv/bin/python -m bench.rotation [ROUNDS]``; on PostgreSQL with ``DATABASE_URL=postgres://…`` before it.
"""

import os
import sys
import tempfile
import time
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from threading import Thread

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import jwt

from tests.storms.databases import own_database, run_sql
from tests.storms.servers import V1, Server, prepared
from tests.storms.verifiers import Verifiers, make_audiences

MAX_AGE, ROUNDS, REVOCATIONS, PROBES = 2, 10, 10, 4
#: So many refusals after one another mean that both processes refuse.
SURE = 15
REVOKED = "SELECT at FROM audit_auditevent WHERE type = 'signing_key.revoked' ORDER BY id DESC LIMIT 1"


def rotate(server: Server, rounds: int) -> Verifiers:
    """Promote a key of each algorithm in every round, while everybody verifies."""
    server.manage("rotate_signing_keys", "--every", "0")
    with Verifiers(server) as verifiers:
        for _round in range(rounds):
            time.sleep(2 * MAX_AGE + 1)
            server.manage("rotate_signing_keys", "--every", "0")
        time.sleep(2 * MAX_AGE)
    return verifiers


def revoke(server: Server) -> float:
    """Return the seconds from the moment that the revocation's event says to the last acceptance."""
    token = server.log_in()["token"]
    last_accepted = [0.0] * PROBES

    def probe(number: int) -> None:
        in_a_row = 0
        while in_a_row < SURE:
            status = server.ask("GET", f"{V1}/auth/token/", token=token).status
            in_a_row = in_a_row + 1 if status == HTTPStatus.UNAUTHORIZED else 0
            if status == HTTPStatus.OK:
                last_accepted[number] = time.time()

    threads = [Thread(target=probe, args=(number,)) for number in range(PROBES)]
    for thread in threads:
        thread.start()
    server.manage("revoke_signing_key", str(jwt.get_unverified_header(token)["kid"]))
    for thread in threads:
        thread.join()
    at = run_sql(server.variables["DATABASE_URL"], REVOKED)[0][0]
    revoked_at = at if isinstance(at, datetime) else datetime.fromisoformat(f"{at}+00:00")
    return max(last_accepted) - revoked_at.timestamp()


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder, own_database(Path(folder)) as url, prepared(url) as server:
        server.variables["AUTHSITE_JWK_SET_MAX_AGE_SECONDS"] = str(MAX_AGE)
        server.start()
        make_audiences(server)
        verifiers = rotate(server, rounds)
        print(f"{url.partition(':')[0]}: {verifiers.verified:,} verifications of tokens of", end=" ")
        print(f"{len(verifiers.kids)} keys in {rounds} rotations: {len(verifiers.failures)} failed")
        for failure in verifiers.failures[:10]:
            print(f"  {failure}")
        seconds = [revoke(server) for _ in range(REVOCATIONS)]
    print(
        f"from a revocation to the last acceptance: {min(seconds):.2f} to {max(seconds):.2f} s"
        f" in {len(seconds)} (promised: 2)"
    )


if __name__ == "__main__":
    main()
