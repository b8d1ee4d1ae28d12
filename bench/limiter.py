"""How many of 1,000 parallel guesses get through to the hasher, and whether time tells accounts apart.

``.venv/bin/python -m bench.limiter``; on PostgreSQL with ``DATABASE_URL=postgres://…`` before it, and where
Redis counts with ``REDIS_URL=redis://…/9`` (whose limits it deletes).
"""

import os
import statistics
import tempfile
import time
from collections import Counter
from http import HTTPStatus
from pathlib import Path

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from redis import Redis

from tests.storms.databases import own_database, run_sql
from tests.storms.servers import ADMINISTRATOR, V1, Server, at_once, prepared

GUESSES, CLIENTS, TIMED = 1000, 100, 200
#: What lets every request of the second part reach the hasher.
WIDE = {"PAIR": "1000", "ACCOUNT": "1000", "ADDRESS": "100000"}
REJECTIONS = "SELECT count(*) FROM audit_auditevent WHERE type = 'credentials.rejected'"
LOCKOUTS = "SELECT count(*) FROM audit_auditevent WHERE type = 'limit.reached'"


def guess(server: Server, email: str) -> int:
    """Send one wrong password; return the status."""
    return server.ask("POST", f"{V1}/auth/login/", {"email": email, "password": "a wrong guess"}).status


def storm(server: Server, email: str) -> None:
    """Guess at one account from a hundred clients at once."""
    before = run_sql(server.variables["DATABASE_URL"], REJECTIONS)[0][0]
    begun = time.perf_counter()
    answers = Counter(at_once([lambda: guess(server, email)] * GUESSES, threads=CLIENTS))
    seconds = time.perf_counter() - begun
    rejected = run_sql(server.variables["DATABASE_URL"], REJECTIONS)[0][0] - before
    lockouts = run_sql(server.variables["DATABASE_URL"], LOCKOUTS)[0][0]
    print(
        f"  {email}: {dict(answers)} in {seconds:.1f} s; {rejected} passwords compared (limit 10),"
        f" {lockouts} lockouts recorded so far"
    )


def seconds_of(server: Server, email: str) -> float:
    """Time one guess."""
    begun = time.perf_counter()
    assert guess(server, email) == HTTPStatus.UNAUTHORIZED  # noqa: S101 - a figure of anything else is none
    return time.perf_counter() - begun


def tell_apart(server: Server) -> None:
    """Time guesses at a known and an unknown account in turn."""
    emails = {"known": ADMINISTRATOR, "unknown": "nobody@example.com"}
    times: dict[str, list[float]] = {name: [] for name in emails}
    for number in range(TIMED + 20):
        for name, email in emails.items():
            taken = seconds_of(server, email)
            if number >= 20:  # noqa: PLR2004 - the first ones warm the processes up
                times[name].append(taken * 1000)
    for name, each in times.items():
        low, _middle, high = statistics.quantiles(each, n=4)
        median = statistics.median(each)
        print(f"  {name}: median {median:.2f} ms, quartiles {low:.2f} to {high:.2f} ms")
    difference = statistics.median(times["known"]) - statistics.median(times["unknown"])
    print(f"  difference of the medians: {difference:+.2f} ms")


def main() -> None:
    """Print both."""
    redis_url = os.environ.get("REDIS_URL")
    with tempfile.TemporaryDirectory() as folder, own_database(Path(folder)) as url, prepared(url) as server:
        print(f"{url.partition(':')[0]}, {'Redis' if redis_url else 'the database'} counts, 2 processes")
        if redis_url:
            server.variables["REDIS_URL"] = redis_url
            forget(redis_url)
        server.start()
        for email in (ADMINISTRATOR, "nobody@example.com"):
            storm(server, email)
        server.kill()
        server.variables |= {f"AUTHSITE_LIMIT_PER_{name}": value for name, value in WIDE.items()}
        run_sql(url, "DELETE FROM limits_bucket")
        if redis_url:
            forget(redis_url)
        server.start()
        tell_apart(server)


def forget(redis_url: str) -> None:
    """Delete the limits of another run."""
    client = Redis.from_url(redis_url)
    for key in client.scan_iter("authsite:limits:*"):
        client.delete(key)


if __name__ == "__main__":
    main()
