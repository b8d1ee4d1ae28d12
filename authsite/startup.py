"""What has to hold before a server answers its first request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    from collections.abc import Sequence


_MISSING_TRIGGERS = frozenset({"accounts.W006", "audit.W001"})


def exit_if_unfit_to_serve() -> None:
    """Read the settings, look at the database and run the system checks; exit with a sentence per error."""
    try:
        django.setup()
        problems = _unapplied_migrations() or _failed_checks()
        # A worker that is forked after the checks must not share the connection of its parent.
        connections.close_all()
    except ImproperlyConfigured as error:
        problems = [str(error)]
    except DatabaseError as error:
        problems = [f"The database of DATABASE_URL cannot be used: {str(error).strip()}"]
    if problems:
        sys.exit("\n".join(["authsite does not start.", *problems]))


def _unapplied_migrations() -> Sequence[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return []
    return [f"The database lacks {len(plan)} migrations: run `python manage.py migrate`."]


def _failed_checks() -> Sequence[str]:
    messages = run_checks(databases=["default"], include_deployment_checks=settings.AUTHSITE_IS_PRODUCTION)
    return [str(message) for message in messages if _forbids_serving(message)]


def _forbids_serving(message: CheckMessage) -> bool:
    # Triggers that are missing only warn other commands: "migrate", which heals it, has to run.
    return (message.is_serious() or message.id in _MISSING_TRIGGERS) and not message.is_silenced()
