"""From taking a role away to its refusal, at two processes under load.

``.venv/bin/python -m bench.revocation``; on PostgreSQL with ``DATABASE_URL=postgres://…`` before it.
"""

import os
import statistics
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.storms.databases import own_database, run_sql
from tests.storms.servers import V1, Server, prepared

ROUNDS, LOADERS, PROBES = 40, 4, 4
#: So many refusals after one another mean that both processes refuse.
SURE = 15
TAKE = "DELETE FROM accounts_user_roles WHERE role_id = (SELECT id FROM accounts_role WHERE code = 'admin')"
GIVE = """INSERT INTO accounts_user_roles (user_id, role_id)
    SELECT people.id, roles.id FROM accounts_user people, accounts_role roles
    WHERE people.email = 'admin@example.com' AND roles.code = 'admin' ON CONFLICT DO NOTHING"""


def refusals(server: Server, token: str, taken_at: list[float]) -> list[float]:
    """Return, for each of several clients, the milliseconds after which nothing was accepted any more."""
    last_accepted = [0.0] * PROBES

    def probe(number: int) -> None:
        in_a_row = 0
        while in_a_row < SURE:
            status = server.ask("GET", f"{V1}/auth/token/", token=token).status
            in_a_row = in_a_row + 1 if status == HTTPStatus.UNAUTHORIZED else 0
            if status == HTTPStatus.OK:
                last_accepted[number] = time.perf_counter()

    threads = [Thread(target=probe, args=(number,)) for number in range(PROBES)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    run_sql(server.variables["DATABASE_URL"], TAKE)
    taken_at.append(time.perf_counter())
    for thread in threads:
        thread.join()
    return [max(0.0, at - taken_at[-1]) * 1000 for at in last_accepted]


def load(server: Server, stop: Event, count: list[int]) -> None:
    """Ask as somebody else does, until told to stop.

    Without a refresh: a token from a later position has the process that gets it read the tail at once.
    """
    token = server.log_in("editora@example.com")["token"]
    while not stop.is_set():
        server.ask("GET", f"{V1}/auth/token/", token=token)
        count[0] += 1


def main() -> None:
    """Print the table."""
    milliseconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder, own_database(Path(folder)) as url, prepared(url) as server:
        server.start()
        stop, count = Event(), [0]
        loaders = [Thread(target=load, args=(server, stop, count)) for _ in range(LOADERS)]
        for loader in loaders:
            loader.start()
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            run_sql(url, GIVE)
            time.sleep(1.2)
            milliseconds += refusals(server, server.log_in()["token"], [])
        seconds = time.perf_counter() - begun
        stop.set()
        for loader in loaders:
            loader.join()
    cuts = statistics.quantiles(milliseconds, n=100)
    engine, rate = url.partition(":")[0], count[0] / seconds
    print(f"{engine}: {len(milliseconds)} clients in {ROUNDS} rounds, beside {rate:.0f} requests/s")
    print(
        f"from the commit to the last accepted request: p50 {statistics.median(milliseconds):.0f} ms,"
        f" p99 {cuts[98]:.0f} ms, max {max(milliseconds):.0f} ms (promised: 2000)"
    )


if __name__ == "__main__":
    main()
