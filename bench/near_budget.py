"""What finding who is near a token budget costs: ``.venv/bin/python -m bench.near_budget``."""

import os
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.utils import timezone

from accounts.audiences.models import Audience, ContractClaim
from accounts.explanations.budget.near_budget import people_near_budget
from accounts.models import Role, User

PEOPLE = 100_000
ROLES_OF_EACH = 3
ROLES = 300
#: Beside the others: some over the default budget, and more near it than are computed for one answer.
OVER, NEARLY = 20, 400
RUNS = 5


def fill() -> None:
    """Create people, each with a few roles, and some with very many."""
    Role.objects.bulk_create(Role(code=f"role-number-{each:03}", label="Role") for each in range(ROLES))
    User.objects.bulk_create(
        (User(email=f"person{each}@example.org", name=f"Person {each}") for each in range(PEOPLE)),
        batch_size=5000,
    )
    roles, people = (list(rows.values_list("pk", flat=True)) for rows in (Role.objects, User.objects))
    membership = User.roles.through
    membership.objects.bulk_create(
        (
            membership(user_id=person, role_id=roles[(number + step) % ROLES])
            for number, person in enumerate(people)
            for step in range(60 if number < OVER else 54 if number < OVER + NEARLY else ROLES_OF_EACH)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def everything() -> Audience:
    """Return an audience whose contract has what is estimated with most effort."""
    audience = Audience.objects.create(code="everything", label="Everything")
    for source in ("roles", "name", "email", "ui_preferences", "department", "tenant_id"):
        ContractClaim.objects.create(audience=audience, path=f"claim_{source}", source=source)
    return audience


def look(audience: str) -> None:
    """Print what one answer takes, and the plan of its long query."""
    spent = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        people_near_budget(audience, viewer=None, now=timezone.now())
        spent.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        found = people_near_budget(audience, viewer=None, now=timezone.now())
    over = sum(each.is_over for each in found.people)
    print(f"  {audience}: {min(spent):,.0f} to {max(spent):,.0f} ms; {len(captured)} queries;", end=" ")
    print(f"{found.computed} computed, {len(found.people)} near, {over} over, {found.left_out} left out")
    slowest = max(captured.captured_queries, key=lambda query: float(query["time"]))
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF)"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {slowest['sql']}")
        for row in cursor.fetchall():
            print(f"    {row[-1]}")


def main() -> None:
    """Print the table."""
    config = setup_databases(verbosity=0, interactive=False)
    try:
        fill()
        print(f"{User.objects.count():,} people, {ROLES_OF_EACH} roles each, on {connection.vendor}")
        look(Audience.objects.get().code)
        look(everything().code)
    finally:
        teardown_databases(config, verbosity=0)


if __name__ == "__main__":
    main()
