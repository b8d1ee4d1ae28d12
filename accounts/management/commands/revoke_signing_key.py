"""manage.py revoke_signing_key: the emergency, when somebody else may have a private key."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audit.actors import Actor
from accounts.keys.revocation import revoke_key
from accounts.keys.steps import stated

#: One thumbprint in 64 begins so, and argparse would take it for an option.
_HYPHENED_KID = re.compile(r"-[A-Za-z0-9_-]{42}")


class Command(BaseCommand):
    """Revokes one key, at once and for good."""

    help = (
        "Revoke a signing key: all its tokens are refused within two seconds, and another key signs. It asks"
        " nothing, and cannot be undone."
    )

    @override
    def run_from_argv(self, argv: list[str]) -> None:
        """Take a kid that begins with a hyphen for what it is."""
        kids = [argument for argument in argv[2:] if _HYPHENED_KID.fullmatch(argument)]
        if kids and "--" not in argv:
            argv = [*(argument for argument in argv if argument not in kids), "--", *kids]
        super().run_from_argv(argv)

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kid", help="the key's thumbprint, as in the JWK Set and in the header of its tokens"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        now, actor = timezone.now(), Actor.system("manage.py revoke_signing_key")
        try:
            revocation = revoke_key(kid=options["kid"], actor=actor, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if not revocation.was_usable:
            self.stdout.write("This key was revoked already.")
            return
        self.stdout.write("Revoked: every process refuses its tokens within two seconds.")
        successor = revocation.successor
        if successor is not None:
            self.stdout.write(f"Tokens are signed with {successor.kid} from now on.")
            if not revocation.is_known_everywhere(at=now):
                self.stdout.write(
                    f"Until {stated(successor.may_sign_from)}, services that keep a JWK Set fetched before,"
                    " and fetch no other when they meet an unknown kid, refuse the new tokens: restart them."
                )
