"""manage.py create_audience_credential: a secret, or a public key, by which a server proves its audience."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audiences.credentials import create_audience_credential, register_audience_key
from accounts.audiences.models import Audience
from accounts.audit.actors import Actor
from accounts.keys.public_jwk import MAX_JWK_CHARACTERS


class Command(BaseCommand):
    """Creates a credential and prints its secret once; or registers a key and prints its kid."""

    help = (
        "Create a secret for a resource server; it is printed once, and stored nowhere. With --jwk, accept"
        " what the server's own key signs instead; its kid is printed."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("audience", help="the code of the audience")
        parser.add_argument("--label", default="manage.py", help="which server uses it")
        parser.add_argument("--jwk", type=Path, metavar="FILE", help="a public key as a JWK (RFC 7517)")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        audience = Audience.objects.in_force().filter(code=options["audience"]).first()
        if audience is None:
            codes = ", ".join(Audience.objects.in_force().values_list("code", flat=True))
            raise CommandError(f"There is no audience {options['audience']!r} in force; there are: {codes}.")
        try:
            self.stdout.write(_created(audience, options["label"], options["jwk"], timezone.now()))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error


def _created(audience: Audience, label: str, jwk: Path | None, now: datetime) -> str:
    """Return the secret, or the kid of the key."""
    actor = Actor.system("manage.py create_audience_credential")
    if jwk is None:
        _row, secret = create_audience_credential(audience_id=audience.pk, label=label, actor=actor, now=now)
        return secret
    written = _read(jwk)
    row = register_audience_key(audience_id=audience.pk, label=label, jwk=written, actor=actor, now=now)
    return str(row.kid)


def _read(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(MAX_JWK_CHARACTERS + 1)
    except (OSError, UnicodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
