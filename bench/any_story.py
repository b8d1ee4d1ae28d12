"""The state machine of the tests, for longer: ``.venv/bin/python -m bench.any_story``."""

import os

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.accounts.refresh_sessions.any_story import ROLES, AnyStory
from tests.factories import RoleFactory, UserFactory

EXAMPLES, LENGTH = 400, 60

if __name__ == "__main__":
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        for code in ROLES:
            RoleFactory.create(code=code)
        AnyStory.ada = UserFactory.create()
        everything = list(HealthCheck)
        longer = settings(
            max_examples=EXAMPLES,
            stateful_step_count=LENGTH,
            deadline=None,
            database=None,
            suppress_health_check=everything,
        )
        run_state_machine_as_test(AnyStory, settings=longer)
        print(f"{AnyStory.steps} steps agree with the model")
    finally:
        teardown_databases(databases, verbosity=0)
