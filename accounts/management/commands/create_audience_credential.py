"""manage.py create_audience_credential: a secret by which a resource server proves its audience."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audiences.credentials import create_audience_credential
from accounts.audiences.models import Audience
from accounts.audit.actors import Actor


class Command(BaseCommand):
    """Creates a credential and prints its secret once."""

    help = "Create a secret for a resource server; it is printed once, and stored nowhere."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("audience", help="the code of the audience")
        parser.add_argument("--label", default="manage.py", help="which server uses it")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        audience = Audience.objects.in_force().filter(code=options["audience"]).first()
        if audience is None:
            codes = ", ".join(Audience.objects.in_force().values_list("code", flat=True))
            raise CommandError(f"There is no audience {options['audience']!r} in force; there are: {codes}.")
        try:
            _credential, secret = create_audience_credential(
                audience_id=audience.pk,
                label=options["label"],
                actor=Actor.system("manage.py create_audience_credential"),
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(secret)
