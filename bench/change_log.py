"""What the change log costs beside PyJWT, in one run: ``.venv/bin/python -m bench.change_log``."""

import os
import tracemalloc
import uuid

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import jwt
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from accounts import conf
from accounts.change_log.live_log import LiveLog, live_log
from accounts.change_log.models import ChangeEntry, newest_position
from accounts.change_log.staleness import require_fresh
from accounts.keys.keyring import keyring
from accounts.services.login import log_in
from accounts.tokens.verification import verify_access_token
from bench.tokens import microseconds
from tests.accounts.journeys import ORIGIN
from tests.factories import PASSWORD, UserFactory

ENTRIES = 100_000


def append(number: int, *, scope: str = "sub") -> None:
    """Append entries about as many strangers."""
    first = max(newest_position(), int(timezone.now().timestamp() * 1000) - 10**7) + 1
    ChangeEntry.objects.bulk_create(
        (
            ChangeEntry(
                position=first + each, scope=scope, value=str(uuid.uuid4())[:63], took_away=bool(each % 2)
            )
            for each in range(number)
        ),
        batch_size=5000,
    )


def main() -> None:
    """Print the table."""
    user = UserFactory.create(email="ada@example.org", roles=["admin", "editor"])
    token = log_in(email=user.email, password=PASSWORD, origin=ORIGIN, now=timezone.now()).tokens.access_token
    claims = verify_access_token(token, now=timezone.now()).claims
    key = next(iter(keyring.keys().values()))
    public = jwt.PyJWK(key.row.public_jwk, algorithm="ES256")

    def by_pyjwt() -> object:
        return jwt.decode(
            token, public, algorithms=["ES256"], audience=conf.own_audience(), issuer=conf.issuer()
        )

    def verify() -> object:
        return verify_access_token(token, now=timezone.now())

    rows = [("verify, PyJWT alone", microseconds(by_pyjwt)), ("verify, empty log", microseconds(verify))]
    append(ENTRIES)
    append(1, scope="role")
    tracemalloc.start()
    log = LiveLog()
    log.copy()
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    live_log.forget()
    live_log.copy()
    rows.append((f"verify, {ENTRIES:,} entries", microseconds(verify)))
    rows.append(("the judgement alone", microseconds(lambda: require_fresh(claims, kid=key.kid))))
    live_log.forget()

    def first_reading() -> None:
        live_log.forget()
        live_log.copy()

    rows.append((f"first reading of {ENTRIES:,}", microseconds(first_reading, rounds=3, calls=1)))
    base = rows[0][1]
    for name, each in rows:
        print(f"{name:<28}{each:>12.1f} µs{each / base:>10.2f} x")
    print(f"memory of {ENTRIES:,} entries: {held / 2**20:.1f} MiB, {held / ENTRIES:.0f} bytes each")


if __name__ == "__main__":
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        main()
    finally:
        teardown_databases(databases, verbosity=0)
