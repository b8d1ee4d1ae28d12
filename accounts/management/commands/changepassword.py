"""`manage.py changepassword`: for the operator, if no mail arrives; Django's own goes round the services."""

from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from typing_extensions import override

from accounts.audit.actors import Actor
from accounts.models import User
from accounts.services.credentials import set_password


class Command(BaseCommand):
    """Set somebody's password from the machine that authsite runs on."""

    help = "Sets a person's password; all their sessions end."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    @override
    def handle(self, *, email: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist as error:
            raise CommandError("No account has this address.") from error
        first, second = getpass("New password: "), getpass("New password again: ")
        if first != second:
            raise CommandError("The two passwords differ.")
        try:
            actor = Actor.system("manage.py changepassword")
            set_password(user_id=user.pk, new_password=first, actor=actor, now=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write("The password is set; all sessions have ended.")
