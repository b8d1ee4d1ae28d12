"""A password hasher that counts its runs, and may let something happen in the middle of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordingHasher(MD5PasswordHasher):
    """Hashes with MD5 under a name of its own, so that older hashes are upgraded to it."""

    algorithm = "recording"
    runs: ClassVar[list[str]] = []
    meanwhile: ClassVar[Callable[[], object] | None] = None

    @override
    def encode(self, password: str, salt: str) -> str:
        """Hash, count, and let happen once what is to happen meanwhile."""
        type(self).runs.append(password)
        happening, type(self).meanwhile = type(self).meanwhile, None
        if happening:
            happening()
        return super().encode(password, salt)
