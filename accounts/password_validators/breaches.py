"""A local list of stolen passwords, in the form of Pwned Passwords: ``SHA-1:count``, ordered by hash."""

import hashlib
import logging
from pathlib import Path
from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

_HASH_LENGTH = 40
_SAMPLES = 64


class BreachedPasswordsValidator:
    """Refuse passwords that are in the list; nothing about them leaves this machine."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        """Accept what is not in the list, or cannot be looked for because the list is gone: that is logged.

        :raise ValidationError: saying what to do
        """
        # SHA-1 is the form of the list, and protects nothing here.
        wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        try:
            with self.path.open("rb") as file:
                found = _is_listed(file, wanted.upper().encode())
        except OSError:
            logger.exception("the list of breached passwords cannot be read")
            return
        if found:
            said = _(
                "This password is in lists of stolen passwords, which are tried first. Choose another one, "
                "and change it wherever else you use it."
            )
            raise ValidationError(said, code="password_breached")

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _("Your password cannot be one that was stolen somewhere and published.")


def is_ordered(path: Path) -> bool:
    """Tell whether lines all over the file are hashes in order: in any other order nothing would be found."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        found = [_hash_after(file, size * sample // _SAMPLES) for sample in range(_SAMPLES)]
    sampled = [hash_ for hash_ in found if hash_ != b"\xff"]
    hashes = all(len(hash_) == _HASH_LENGTH and hash_.isalnum() for hash_ in sampled)
    return bool(sampled) and hashes and sampled == sorted(sampled)


def _is_listed(file: BinaryIO, wanted: bytes) -> bool:
    """Search by bisection: 36 reads for the 40 GB of all Pwned Passwords."""
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        if _hash_after(file, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return _hash_after(file, low) == wanted


def _hash_after(file: BinaryIO, position: int) -> bytes:
    """Return the hash of the first line from ``position`` on; beyond the last, what is greater than all."""
    file.seek(max(0, position - 1))
    if position:
        file.readline()
    line = file.readline().strip()
    return line.partition(b":")[0].upper() if line else b"\xff"
