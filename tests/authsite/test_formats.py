"""How values are written: examples of each form, and text that nobody thought of."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authsite import formats

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = bytes(range(32))
OTHER_SECRET = bytes(range(100, 132))


def written(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def test_versioned_secrets_come_with_the_highest_version_first() -> None:
    text = f"1:{written(SECRET)},10:{written(OTHER_SECRET)}"

    secrets = formats.versioned_secrets(text, min_bytes=32)

    assert list(secrets.items()) == [(10, OTHER_SECRET), (1, SECRET)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1:" + base64.urlsafe_b64encode(b"\xfb\xff" * 16).decode(), id="URL-safe"),
        pytest.param("1:" + base64.b64encode(b"\xfb\xff" * 16).decode().rstrip("="), id="without padding"),
        pytest.param(" 1:" + base64.encodebytes(b"\xfb\xff" * 16).decode() + "\n", id="with line breaks"),
    ],
)
def test_versioned_secrets_may_be_written_in_any_usual_base64(text: str) -> None:
    assert formats.versioned_secrets(text, min_bytes=32) == {1: b"\xfb\xff" * 16}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (written(SECRET), "does not start with a version number"),
        (f"0:{written(SECRET)}", "does not start with a version number"),
        (f"-1:{written(SECRET)}", "does not start with a version number"),
        (f"٣:{written(SECRET)}", "does not start with a version number"),
        (f"1:{written(SECRET)},", "does not start with a version number"),
        (f"1:{written(SECRET)},1:{written(OTHER_SECRET)}", "has version 1 twice"),
        (f"1:{written(SECRET)},2:{written(SECRET)}", "has the same secret under version 2"),
        (f"1:{written(SECRET)[:-4]}!!!!", "is not base64 in version 1"),
        (f"7:{written(SECRET[:31])}", "has 31 bytes in version 7"),
        (f"1:{written(bytes(32))}", "repeats a single byte in version 1"),
    ],
)
def test_versioned_secrets_that_are_weak_or_ambiguous_are_refused(text: str, reason: str) -> None:
    with pytest.raises(formats.InvalidValueError, match=reason):
        formats.versioned_secrets(text, min_bytes=32)


def test_an_encryption_key_has_an_exact_size() -> None:
    with pytest.raises(formats.InvalidValueError, match="has 33 bytes in version 1"):
        formats.versioned_secrets(f"1:{written(bytes(range(33)))}", min_bytes=32, max_bytes=32)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("django-insecure-" + "abcdefghij" * 5, "is a placeholder"),
        ("abcdefghi" * 5, "is too weak"),
        ("abcd" * 20, "is too weak"),
    ],
)
def test_a_secret_key_that_django_would_warn_of_is_refused(text: str, reason: str) -> None:
    with pytest.raises(formats.InvalidValueError, match=reason):
        formats.secret_key(text)


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://login.example.com"])
def test_an_issuer_is_an_origin(text: str) -> None:
    assert formats.issuer(text, https_only=False) == text


@pytest.mark.parametrize(
    "text",
    [
        "login.example.com",
        "ftp://login.example.com",
        "https://",
        "https://login.example.com/",
        "https://login.example.com/sso",
        "https://login.example.com?a=b",
        "https://login.example.com#a",
        "https://alice@login.example.com",
        "https://login.example.com:0",
        "https://login.example.com:99999",
        "https://[::1",
        "HTTPS://login.example.com",
    ],
)
def test_an_issuer_that_is_more_or_less_than_an_origin_is_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.issuer(text, https_only=False)


def test_hosts_are_separated_by_commas() -> None:
    text = "login.example.com, .Example.org,127.0.0.1,[::1]"

    assert formats.host_list(text) == ["login.example.com", ".example.org", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    "text", ["*", ".", ".com", "*.example.com", "https://example.com", "example.com:80", "a,,b", "a b", "a,*"]
)
def test_hosts_that_let_in_everybody_or_nobody_are_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.host_list(text)


@pytest.mark.parametrize(
    "text", ["redis://localhost:6379/0", "rediss://:pw@cache.example.com", "unix:///run/redis"]
)
def test_a_redis_url_names_the_cache(text: str) -> None:
    assert formats.redis(text)["LOCATION"] == text


@pytest.mark.parametrize(
    "text", ["localhost:6379", "memcached://localhost", "redis://", "unix://", "redis://h:x"]
)
def test_a_cache_that_is_no_redis_is_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.redis(text)


def test_a_relative_database_file_lies_in_the_project(tmp_path: Path) -> None:
    database = formats.database("sqlite:///var/authsite.sqlite3", base_dir=tmp_path)

    assert database["NAME"] == str(tmp_path / "var/authsite.sqlite3")


def test_sqlite_takes_its_write_lock_when_a_transaction_begins(tmp_path: Path) -> None:
    options = formats.database("sqlite:////srv/authsite.sqlite3", base_dir=tmp_path)["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"


def test_postgresql_keeps_its_connections(tmp_path: Path) -> None:
    database = formats.database("postgres://authsite:pw@db/authsite?sslmode=require", base_dir=tmp_path)

    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": 5, "tcp_user_timeout": 10_000}


@pytest.mark.parametrize(
    "text", ["mysql://localhost/authsite", "postgres", "sqlite", "postgres://h:port/x", "x://"]
)
def test_a_database_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.database(text, base_dir=Path())


@pytest.mark.parametrize(
    ("text", "port", "tls", "starttls"),
    [
        ("submission://mail", 587, False, True),
        ("smtps://mail", 465, True, False),
        ("smtps://mail:2465", 2465, True, False),
        ("smtp://mail", 25, False, False),
    ],
)
def test_the_scheme_of_a_mail_server_says_how_it_is_spoken_to(
    text: str,
    port: int,
    tls: bool,  # noqa: FBT001 - a table
    starttls: bool,  # noqa: FBT001 - a table
) -> None:
    server = formats.mail_server(text, tls_only=False)

    assert (server["EMAIL_PORT"], server["EMAIL_USE_SSL"], server["EMAIL_USE_TLS"]) == (port, tls, starttls)
    assert server["EMAIL_TIMEOUT"]


def test_the_credentials_of_a_mail_server_may_hold_any_character() -> None:
    server = formats.mail_server("smtps://a%40b:p%2Fw@mail", tls_only=True)

    assert (server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"]) == ("a@b", "p/w")


@pytest.mark.parametrize("text", ["", "mail", "smtp://", "http://mail", "smtp://mail/x", "smtp://mail?tls=1"])
def test_what_is_no_mail_server_is_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.mail_server(text, tls_only=False)


def test_a_mail_server_on_this_machine_needs_no_tls() -> None:
    assert formats.mail_server("smtp://localhost:1025", tls_only=True)["EMAIL_PORT"] == 1025


@pytest.mark.parametrize("text", ["nobody", "a@b\nBcc: c@d", "Name <a b@c>", ""])
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(formats.InvalidValueError):
        formats.mail_address(text)


@given(text=st.text())
@pytest.mark.parametrize(
    "parse",
    [
        formats.mode,
        formats.secret_key,
        lambda text: formats.versioned_secrets(f"1:{text}", min_bytes=32),
        lambda text: formats.issuer(f"https://{text}", https_only=True),
        formats.audience_code,
        formats.host_list,
        lambda text: formats.redis(f"redis://{text}"),
        lambda text: formats.mail_server(f"smtp://{text}", tls_only=True),
        formats.mail_address,
        lambda text: formats.database(f"postgres://{text}", base_dir=Path()),
    ],
)
def test_no_text_ends_in_anything_but_a_value_or_a_refusal(parse: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(formats.InvalidValueError):
        parse(text)
