"""Forward-auth beside a protected endpoint, in one run: ``.venv/bin/python -m bench.forward_auth``."""

import logging
import os
import statistics
import time
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

from accounts.keys import remembered
from tests.api.client import ApiClient
from tests.factories import DepartmentFactory, UserFactory

PATH = "/api/v1/forward-auth/?audience=api-mi-aplicacion"
ASKED = {
    "protected endpoint (user-data)": "/api/v1/user-data/",
    "forward-auth, audience alone": PATH,
    "forward-auth, role": f"{PATH}&role=admin",
    "forward-auth, role and department": f"{PATH}&role=editor,admin&department=finanzas",
}
ROUNDS, CALLS = 25, 20


def asking(client: ApiClient, path: str) -> Callable[[], None]:
    """Return the request; a refusal would be another thing than what is compared."""

    def ask() -> None:
        assert client.get(path).status_code == 200  # noqa: PLR2004, S101 - as above

    return ask


def statements(call: Callable[[], object]) -> int:
    """Return the number of statements of one call."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def processor_microseconds(calls: list[Callable[[], None]]) -> list[float]:
    """Return the median of each, in turns: what else the machine does is shared by all."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, spent in zip(calls, times, strict=True):
            start = time.process_time()
            for _ in range(CALLS):
                call()
            spent.append((time.process_time() - start) / CALLS * 1e6)
    return [statistics.median(spent) for spent in times]


def compare() -> None:
    """Print the table: statements of the first check and of one within its second, and microseconds."""
    UserFactory.create(
        email="alice@example.org",
        roles=["admin", "editor"],
        department=DepartmentFactory.create(code="finanzas"),
    )
    client = ApiClient()
    client.log_in("alice@example.org")
    client.get("/api/v1/me/")
    # A second that does not end: only the statements of the rules themselves are counted.
    remembered.MAX_AGE = 3600.0
    calls = [asking(client, path) for path in ASKED.values()]
    counts = [(statements(call), statements(call)) for call in calls]
    times = processor_microseconds(calls)
    for name, (first, later), spent in zip(ASKED, counts, times, strict=True):
        print(f"{name:<36}{first:>3} then {later} statements{spent:>9.0f} µs{spent / times[0]:>7.2f} x")


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    # Both write the same line for each request, which is no part of the comparison.
    logging.disable(logging.INFO)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        compare()
    finally:
        teardown_databases(databases, verbosity=0)
