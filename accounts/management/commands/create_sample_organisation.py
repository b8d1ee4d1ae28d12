"""manage.py create_sample_organisation: a few people to try authsite with, in development only."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.models import User
from accounts.services.sample_organisation import ADMINISTRATOR, create_sample_organisation

VARIABLE = "AUTHSITE_DEMO_PASSWORD"


class Command(BaseCommand):
    """Creates the sample organisation in an empty database and prints its password once."""

    help = "Create a small sample organisation in an empty database (development only)."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, without an error, where there are people already",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.AUTHSITE_IS_PRODUCTION:
            raise CommandError("Production gets no sample people; for the first person run createsuperuser.")
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are people in this database already; the sample needs an empty one.")
        password = settings.AUTHSITE_DEMO_PASSWORD or secrets.token_urlsafe(15)
        try:
            people = create_sample_organisation(password=password, now=timezone.now())
        except ValidationError as error:
            raise CommandError(f"{VARIABLE} is not a good password: {' '.join(error.messages)}") from error
        self._tell(people, password)

    def _tell(self, people: list[User], password: str) -> None:
        self.stdout.write("\nA sample organisation was created. Everybody has the same password:\n\n")
        shown = f"(the value of {VARIABLE})" if settings.AUTHSITE_DEMO_PASSWORD else password
        self.stdout.write(f"    {shown}\n\nIt is shown this once. Log in as:\n\n")
        for person in people:
            mark = "  <- administrator" if person.email == ADMINISTRATOR else ""
            self.stdout.write(
                f"    {person.email:<34}{', '.join(person.role_codes()):<18}{mark}".rstrip() + "\n"
            )
        self.stdout.write("\n")
