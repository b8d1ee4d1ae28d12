"""Password hashing: Argon2id (RFC 9106) with at least what OWASP's Password Storage Cheat Sheet names."""

import unicodedata
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from typing_extensions import override


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, or more; other hashes are replaced at login."""

    @property
    @override
    def memory_cost(self) -> int:  # type: ignore[override] # a plain attribute there
        """Return the memory in KiB."""
        return int(settings.AUTHSITE_ARGON2_MEMORY_KIB)

    @property
    @override
    def time_cost(self) -> int:  # type: ignore[override] # as above
        """Return how often the memory is passed over."""
        return int(settings.AUTHSITE_ARGON2_PASSES)

    @property
    @override
    def parallelism(self) -> int:  # type: ignore[override] # as above
        """Return the number of lanes."""
        return int(settings.AUTHSITE_ARGON2_LANES)


def normalise_password(password: str) -> str:
    """Return the one form of a password: NFC, and nothing else (NIST SP 800-63B-4 §3.1.1.2, RFC 8265 §4.2).

    Keyboards write “é” as one character or as two; whoever types it means the same. Neither case nor
    spaces, width or compatibility characters are touched.
    """
    return unicodedata.normalize("NFC", password)


def encode_password(password: str) -> str:
    """Return the hash of a password's one form."""
    return make_password(normalise_password(password))


def matches_password(password: str, encoded: str, *, upgrade: Callable[[str], None] | None = None) -> bool:
    """Compare a password's one form; ``upgrade`` is given a new hash where the old one is outdated."""

    def replace(raw: str) -> None:
        if upgrade:
            upgrade(make_password(raw))

    return check_password(normalise_password(password), encoded, setter=replace if upgrade else None)
