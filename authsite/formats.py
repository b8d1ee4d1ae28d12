"""How the values of environment variables are written: text in, typed values out."""

from __future__ import annotations

import base64
import re
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url

_AUDIENCE_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: Port, whether TLS begins at once (RFC 8314 section 3), whether it begins with STARTTLS.
_MAIL_SCHEMES = {"smtps": (465, True, False), "submission": (587, False, True), "smtp": (25, False, False)}
_KEY_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_SECRET_KEY_MIN_LENGTH = 50
_SECRET_KEY_MIN_DISTINCT = 5


CACHE_OF_THIS_PROCESS = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "authsite"}


class InvalidValueError(ValueError):
    """A value that cannot be used; the message says what is wrong with it and never repeats it."""


def mode(text: str) -> str:
    """Return the mode in which the project runs."""
    if text not in {"development", "production"}:
        raise InvalidValueError("is not a mode")
    return text


def secret_key(text: str) -> str:
    """Return Django's secret key if it passes the rules of `check --deploy` (security.W009)."""
    if text.startswith("django-insecure"):
        reason = "is a placeholder that is known to everybody"
    elif len(text) < _SECRET_KEY_MIN_LENGTH or len(set(text)) < _SECRET_KEY_MIN_DISTINCT:
        reason = "is too weak"
    else:
        return text
    raise InvalidValueError(reason)


def versioned_secrets(text: str, *, min_bytes: int, max_bytes: int | None = None) -> dict[int, bytes]:
    """Return `{version: secret}` from `VERSION:BASE64,…`, the highest and current version first."""
    secrets: dict[int, bytes] = {}
    for entry in "".join(text.split()).split(","):
        version, separator, encoded = entry.partition(":")
        if not separator or not _KEY_VERSION.fullmatch(version):
            raise InvalidValueError("has an entry that does not start with a version number and a colon")
        if int(version) in secrets:
            raise InvalidValueError(f"has version {version} twice")
        secret = _decode_base64(encoded, version)
        if len(secret) < min_bytes or (max_bytes is not None and len(secret) > max_bytes):
            raise InvalidValueError(f"has {len(secret)} bytes in version {version}")
        if len(set(secret)) == 1:
            raise InvalidValueError(f"repeats a single byte in version {version}")
        if secret in secrets.values():
            raise InvalidValueError(f"has the same secret under version {version} and another one")
        secrets[int(version)] = secret
    return dict(sorted(secrets.items(), reverse=True))


def issuer(text: str, *, https_only: bool) -> str:
    """Return the issuer's URL: an origin without path or trailing slash (RFC 8414 section 2)."""
    url = _split(text)
    if https_only and url.scheme != "https":
        raise InvalidValueError("does not start with https://")
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise InvalidValueError("is not an http or https URL")
    if text != f"{url.scheme}://{url.netloc}" or "@" in url.netloc:
        raise InvalidValueError("has more than scheme, host and port (perhaps a trailing slash)")
    return text


def audience_code(text: str) -> str:
    """Return the code of an audience."""
    if not _AUDIENCE_CODE.fullmatch(text):
        raise InvalidValueError("is not a code")
    return text


def host_list(text: str) -> list[str]:
    """Return host names; `.example.com` stands for its subdomains, a wildcard for everything is refused."""
    hosts = [host.strip().lower() for host in text.split(",")]
    for host in hosts:
        if host in {"*", "."} or (host.startswith(".") and "." not in host[1:]):
            raise InvalidValueError("has a wildcard that lets in hosts of other people")
        if not _HOST.fullmatch(host):
            raise InvalidValueError("has an entry that is not a host name")
    return hosts


def networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Return networks; a single address is one, everybody's is refused."""
    try:
        found = [ip_network(entry.strip()) for entry in text.split(",")]
    except ValueError:
        raise InvalidValueError("has an entry that is not a network") from None
    if any(network.prefixlen == 0 for network in found):
        raise InvalidValueError("has a network that everybody is in")
    return found


def module_list(text: str) -> tuple[str, ...]:
    """Return the dotted names of Python modules."""
    modules = tuple(module.strip() for module in text.split(","))
    for module in modules:
        if not all(part.isidentifier() for part in module.split(".")):
            raise InvalidValueError("has an entry that is not the name of a module")
    return modules


def class_path(text: str) -> str:
    """Return the dotted path of a class in a module."""
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):  # noqa: PLR2004 - module and class
        raise InvalidValueError("is not the dotted path of a class")
    return text


def redis(text: str) -> dict[str, Any]:
    """Return Django's settings of the cache at a Redis URL."""
    url = _split(text)
    place = url.path if url.scheme == "unix" else url.hostname
    if url.scheme not in {"redis", "rediss", "unix"} or not place:
        raise InvalidValueError("is not the URL of a Redis server")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": text,
        "KEY_PREFIX": "authsite",
        # A server that hangs must not hang every login with it.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


def file(text: str) -> Path:
    """Return the path of a file that can be read."""
    path = Path(text)
    try:
        with path.open("rb") as opened:
            opened.read(1)
    except (OSError, ValueError):
        raise InvalidValueError("is not a file that can be read") from None
    return path


def mail_server(text: str, *, tls_only: bool) -> dict[str, Any]:
    """Return Django's settings of the mail server at a URL; `console:` prints mails instead of sending them.

    dj-email-url is not used: it speaks STARTTLS where `smtps` means TLS from the first byte on, and warns.
    """
    url = _split(text)
    if (url.scheme, url.netloc, url.path) == ("console", "", ""):
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if url.scheme not in _MAIL_SCHEMES or not url.hostname or url.path.strip("/") or url.query:
        raise InvalidValueError("is not the URL of a mail server")
    port, tls, starttls = _MAIL_SCHEMES[url.scheme]
    if tls_only and not (tls or starttls or url.hostname in _LOOPBACK):
        raise InvalidValueError("sends mails to another machine in the clear")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": tls,
        "EMAIL_USE_TLS": starttls,
        # In seconds; without it a server that hangs would hang whoever sends.
        "EMAIL_TIMEOUT": 10,
    }


def mail_address(text: str) -> str:
    """Return an address from which mails are sent, alone or as `Name <address>` (RFC 5322 section 3.4)."""
    _name, address = parseaddr(text)
    if not text.isprintable() or not _ADDRESS.fullmatch(address):
        raise InvalidValueError("is not an e-mail address")
    return text


def database(text: str, *, base_dir: Path) -> dict[str, Any]:
    """Return Django's settings of the database at a URL, tuned for its engine."""
    try:
        parsed = dict(dj_database_url.parse(text))
    except ValueError:
        raise InvalidValueError("is not a database URL") from None
    match parsed["ENGINE"]:
        case "django.db.backends.sqlite3":
            return _sqlite(parsed, base_dir)
        case "django.db.backends.postgresql":
            return _postgresql(parsed)
        case _:
            raise InvalidValueError("names a database that is neither PostgreSQL nor SQLite")


def _postgresql(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return PostgreSQL's settings: connections are kept, and a server that is gone is noticed."""
    # In seconds and milliseconds; without them a request waits for minutes when the network drops packets.
    options = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
    return parsed | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | parsed.get("OPTIONS", {}),
    }


def _sqlite(parsed: dict[str, Any], base_dir: Path) -> dict[str, Any]:
    """Return SQLite's settings: one writer at a time that waits its turn, and readers that never wait."""
    name = str(parsed["NAME"])
    options = {
        # A transaction that takes the write lock only at its first write cannot wait for it and fails.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        # REPLACE deletes rows: with this, the triggers of the change log see it.
        "PRAGMA recursive_triggers=ON;",
    }
    # A relative path means the same file from whatever directory a command is started.
    return parsed | {
        "NAME": name if name == ":memory:" else str(base_dir / name),
        "OPTIONS": options | parsed.get("OPTIONS", {}),
    }


def _split(text: str) -> SplitResult:
    """Return the parts of a URL whose port, if it has one, is a port."""
    try:
        url = urlsplit(text)
        if url.port != 0:
            return url
    except ValueError:
        pass
    raise InvalidValueError("is not a URL")


def _decode_base64(encoded: str, version: str) -> bytes:
    """Return the bytes of standard or URL-safe base64, with or without its padding."""
    standard = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        raise InvalidValueError(f"is not base64 in version {version}") from None
