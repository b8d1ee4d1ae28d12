"""manage.py migrate: Django's own, and our triggers are back whatever happens."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DatabaseError
from typing_extensions import override

from accounts.audit.guard import GUARD
from accounts.change_log.triggers import install_triggers, missing_triggers


class Command(migrate.Command):
    """Django sends ``post_migrate`` after a success only; a failure must not leave changes unnoticed."""

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        finally:
            self._put_triggers_back()

    def _put_triggers_back(self) -> None:
        try:
            if missing_triggers():
                install_triggers()
            GUARD.install()
        except DatabaseError as error:
            self.stderr.write(
                f"The triggers of the change log could not be put back ({str(error).strip()}). Until migrate"
                " succeeds, what is taken away goes unnoticed, and servers refuse tokens."
            )
