"""The secrets of development mode: made once, kept in a file that only its owner may read."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_VERSIONED = ("AUTHSITE_REFRESH_SECRETS", "AUTHSITE_KEY_ENCRYPTION_KEYS")
_NAMES = frozenset({"AUTHSITE_SECRET_KEY", *_VERSIONED})


@dataclass(frozen=True)
class DevelopmentSecrets:
    """The secrets in one file, read when the first of them is asked for."""

    path: Path

    def get(self, name: str) -> str:
        """Return a secret as it would be written in the variable `name`; the first call may create the file.

        :raises ImproperlyConfigured: if the file is damaged or others may read it.
        """
        return self._values[name]

    @cached_property
    def _values(self) -> dict[str, str]:
        with contextlib.suppress(FileNotFoundError):
            return _read(self.path)
        _create(self.path)
        return _read(self.path)


def _read(path: Path) -> dict[str, str]:
    """Return the secrets in an existing file."""
    with path.open(encoding="utf-8") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise ImproperlyConfigured(f"{path} can be read by other users: run `chmod 600 {path}`")
        try:
            values = json.load(file)
        except ValueError:
            values = None
    if not _is_complete(values):
        raise ImproperlyConfigured(
            f"{path} is damaged: restore it, or delete it together with the development database"
            " (without these secrets its signing keys cannot be read) and start again"
        )
    return dict(values)


def _is_complete(values: object) -> bool:
    return (
        isinstance(values, dict)
        and values.keys() == _NAMES
        and all(isinstance(value, str) for value in values.values())
    )


def _create(path: Path) -> None:
    """Write new secrets unless another process is faster; an existing file is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp creates with mode 0600. A link appears at once with all its content, and fails if the name
    # is taken, so that processes that start together agree on the first one's secrets.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_generate(), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()


def _generate() -> dict[str, str]:
    """Return new secrets, written like their variables."""
    versioned = {name: f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in _VERSIONED}
    return {"AUTHSITE_SECRET_KEY": secrets.token_urlsafe(48)} | versioned
