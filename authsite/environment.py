"""Typed readers of environment variables: every failure names the variable and says what to write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv
from marshmallow.validate import Range

from authsite import formats

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Network, IPv6Network
    from pathlib import Path

T = TypeVar("T")


class Environment:
    """The variables of this process, or the files that `NAME_FILE` names instead.

    A reader that fails remembers the problem and returns an empty value, so that
    `raise_problems` can report all of them at once.
    """

    def __init__(self) -> None:
        self._reader = FileAwareEnv(strip_whitespace=True)
        self._problems: dict[str, None] = {}
        self.mode = self._read(
            "AUTHSITE_ENV",
            lambda name: formats.mode(self._text(name)),
            empty="",
            default=lambda: "development",
            write="development or production",
        )
        self.raise_problems()
        self.is_production = self.mode == "production"

    def refuse(self, problem: str) -> None:
        """Remember a problem."""
        self._problems[problem] = None

    def raise_problems(self) -> None:
        """Report everything that the readers found wrong.

        :raises ImproperlyConfigured: if any variable is missing or cannot be used.
        """
        if self._problems:
            raise ImproperlyConfigured("\n".join(self._problems))

    def boolean(self, name: str, *, default: bool, production: bool | None = None) -> bool:
        """Return true or false; `production` is the only answer that production mode accepts, if given."""
        value = self._read(
            name,
            lambda name: bool(self._reader.bool(name)),
            empty=default,
            default=lambda: default,
            write="true or false",
        )
        if self.is_production and production is not None and value is not production:
            self.refuse(f"{name} is not allowed in production: write {str(production).lower()}")
        return value

    def whole_number(self, name: str, *, default: int, at_least: int, at_most: int) -> int:
        """Return a whole number between two bounds, both included."""
        return self._read(
            name,
            lambda name: int(self._reader.int(name, validate=Range(min=at_least, max=at_most)) or 0),
            empty=default,
            default=lambda: default,
            write=f"a whole number from {at_least} to {at_most}, e.g. {default}",
        )

    def text(self, name: str, *, write: str) -> str:
        """Return any text, or none at all."""
        return self._read(name, self._text, empty="", default=str, write=write)

    def secret_key(self, name: str, *, development: Callable[[], str]) -> str:
        """Return the key with which Django signs cookies."""
        return self._read(
            name,
            lambda name: formats.secret_key(self._text(name)),
            empty="",
            default=self._only_in_development(development),
            write="50 or more random characters, e.g. $(openssl rand -base64 48)",
        )

    def versioned_secrets(
        self, name: str, *, development: Callable[[], str], max_bytes: int | None = None
    ) -> dict[int, bytes]:
        """Return secrets of 32 or more bytes by version, the current version first."""

        def parse(text: str) -> dict[int, bytes]:
            return formats.versioned_secrets(text, min_bytes=32, max_bytes=max_bytes)

        size = "32" if max_bytes == 32 else "32 or more"  # noqa: PLR2004 - the minimum
        return self._read(
            name,
            lambda name: parse(self._text(name)),
            empty={},
            default=self._only_in_development(lambda: parse(development())),
            write=f"VERSION:BASE64 with {size} random bytes, e.g. 1:$(openssl rand -base64 32)",
        )

    def issuer(self, name: str, *, development: str) -> str:
        """Return the URL that tokens name as their issuer."""
        return self._read(
            name,
            lambda name: formats.issuer(self._text(name), https_only=self.is_production),
            empty="",
            default=self._only_in_development(lambda: development),
            write="the public https address without path or trailing slash, e.g. https://login.example.com",
        )

    def audience_code(self, name: str, *, default: str) -> str:
        """Return the code of an audience."""
        return self._read(
            name,
            lambda name: formats.audience_code(self._text(name)),
            empty=default,
            default=lambda: default,
            write=f"at most 63 characters of a-z, 0-9, _ . and -, e.g. {default}",
        )

    def host_list(self, name: str, *, development: list[str]) -> list[str]:
        """Return the host names that requests may ask for."""
        return self._read(
            name,
            lambda name: formats.host_list(self._text(name)),
            empty=[],
            default=self._only_in_development(lambda: development),
            write="host names separated by commas, e.g. login.example.com",
        )

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        """Return networks, or none at all."""
        return self._read(
            name,
            lambda name: formats.networks(self._text(name)),
            empty=[],
            default=list,
            write="addresses or networks separated by commas, e.g. 10.0.0.0/8",
        )

    def module_list(self, name: str) -> tuple[str, ...]:
        """Return the dotted names of modules, or none at all."""
        return self._read(
            name,
            lambda name: formats.module_list(self._text(name)),
            empty=(),
            default=tuple,
            write="dotted names of Python modules separated by commas, e.g. ourcompany.claims",
        )

    def class_path(self, name: str, *, default: str) -> str:
        """Return the dotted path of a class."""
        return self._read(
            name,
            lambda name: formats.class_path(self._text(name)),
            empty=default,
            default=lambda: default,
            write="the dotted path of a class, e.g. ourcompany.keys.KmsSealer",
        )

    def database(self, name: str, *, base_dir: Path, development: str) -> dict[str, Any]:
        """Return Django's settings of the database at a URL."""

        def parse(url: str) -> dict[str, Any]:
            return formats.database(url, base_dir=base_dir)

        return self._read(
            name,
            lambda name: parse(self._text(name)),
            empty={},
            default=self._only_in_development(lambda: parse(development)),
            write="a database URL, e.g. postgres://authsite:PASSWORD@db.example.com:5432/authsite",
        )

    def cache(self, name: str) -> dict[str, Any]:
        """Return Django's settings of the cache at a Redis URL; without one, each process has its own."""
        return self._read(
            name,
            lambda name: formats.redis(self._text(name)),
            empty={},
            default=lambda: dict(formats.CACHE_OF_THIS_PROCESS),
            write="a Redis URL, e.g. redis://cache.example.com:6379/0",
        )

    def file(self, name: str) -> Path | None:
        """Return the path of a file that can be read, or none at all."""
        return self._read(
            name,
            lambda name: formats.file(self._text(name)),
            empty=None,
            default=lambda: None,
            write="the path of a file that this process may read",
        )

    def mail_server(self, name: str) -> dict[str, Any]:
        """Return Django's settings of the mail server at a URL; development prints mails."""
        return self._read(
            name,
            lambda name: formats.mail_server(self._text(name), tls_only=self.is_production),
            empty={},
            default=self._only_in_development(lambda: formats.mail_server("console:", tls_only=False)),
            write="the URL of a mail server, e.g. submission://USER:PASSWORD@mail.example.com, or console:",
        )

    def mail_address(self, name: str, *, development: str) -> str:
        """Return the address from which mails are sent."""
        return self._read(
            name,
            lambda name: formats.mail_address(self._text(name)),
            empty=development,
            default=self._only_in_development(lambda: development),
            write="an address, e.g. Example login <login@example.com>",
        )

    def _read(
        self,
        name: str,
        read: Callable[[str], T],
        *,
        empty: T,
        default: Callable[[], T] | None,
        write: str,
    ) -> T:
        """Return what `read` returns, or the default; remember the problem if there is neither."""
        try:
            if self._is_set(name):
                return read(name)
            if default:
                return default()
            reason = "is missing"
        except formats.InvalidValueError as error:
            reason = str(error)
        except ImproperlyConfigured as error:
            self.refuse(str(error))
            return empty
        except ValueError:
            # The library's message may repeat the value, which may be a secret.
            reason = "is not valid"
        self.refuse(f"{name} {reason}: write {write}")
        return empty

    def _is_set(self, name: str) -> bool:
        """Tell whether the variable or its file is there; both at once, or nothing inside, is a mistake."""
        file_name = f"{name}_FILE"
        if file_name not in os.environ:
            if name in os.environ and not self._text(name):
                raise formats.InvalidValueError("is empty")
            return name in os.environ
        if name in os.environ:
            raise formats.InvalidValueError(f"is set twice, also as {file_name}")
        try:
            text = self._text(name)
        except (OSError, ValueError):
            raise formats.InvalidValueError(f"cannot be read from the file that {file_name} names") from None
        if not text:
            raise formats.InvalidValueError(f"is empty in the file that {file_name} names")
        return True

    def _text(self, name: str) -> str:
        """Return the value as it was written."""
        return (self._reader.str(name) or "").strip()

    def _only_in_development(self, default: Callable[[], T]) -> Callable[[], T] | None:
        """Return the default in development mode; production has to be told."""
        return None if self.is_production else default
