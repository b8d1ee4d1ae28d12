"""What has to hold before a server answers its first request."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.db import DatabaseError, connections


def exit_if_unfit_to_serve() -> None:
    """Run the system checks, with those of the database, and exit with a sentence about each error."""
    problems = _errors()
    if problems:
        sys.exit("authsite does not start:\n" + "\n".join(f"- {problem}" for problem in problems))


def _errors() -> list[CheckMessage | str]:
    try:
        messages = run_checks(
            databases=["default"], include_deployment_checks=settings.AUTHSITE_IS_PRODUCTION
        )
    except DatabaseError as error:
        return [f"the database of DATABASE_URL cannot be used: {str(error).strip()}"]
    finally:
        # A worker that is forked after the checks must not share the connection of its parent.
        connections.close_all()
    return [message for message in messages if message.is_serious() and not message.is_silenced()]
