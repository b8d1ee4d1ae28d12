"""Secrets that somebody logs by mistake do not reach the log, in either mode."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Never

import pytest
import structlog
from django.conf import settings
from django.utils.log import configure_logging

from authsite.logs import REDACTED, logging_settings, redact_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.log_lines import Lines

JWT = "eyJ0eXAiOiJhdCtqd3QifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_c2lnbmF0dXJl"
REFRESH = "1.0123456789abcdef0123456789abcdef.12." + "m" * 43
DEVICE = "1.0123456789abcdef0123456789abcdef." + "m" * 43


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "Authorization",
        "HTTP_COOKIE",
        "password",
        "new_password",
        "token",
        "device_token",
        "refresh",
        "access",
        "client_secret",
        "csrfmiddlewaretoken",
        "session_key",
    ],
)
def test_what_is_named_like_a_secret_is_redacted(name: str) -> None:
    event = {"event": "x", name: "hunter2", "deep": {"list": [{name: "hunter2"}]}}

    assert "hunter2" not in str(redact_secrets(None, "info", event))


@pytest.mark.parametrize(
    "text",
    [
        f"token was {JWT}",
        f"[{JWT}, {JWT}]",
        f"refresh said {REFRESH}.",
        f"device {DEVICE}",
        "Authorization: Basic aHVudGVyMjpodW50ZXIy",
        "{'Authorization': 'Bearer hunter2'}",
        "Cookie: sessionid=hunter2; csrftoken=hunter2",
        'body {"email": "a@example.org", "password": "hunter2 hunter2"}',
        "body b'password=hunter2&email=a%40example.org'",
        "new_password='hunter2'",
        "?token=hunter2",
        "Referer checking failed - https://other.example/page?code=hunter2 does not match",
        "bearer hunter2hunter2",
    ],
)
def test_what_looks_like_a_secret_is_redacted(text: str) -> None:
    said = str(redact_secrets(None, "info", {"event": text})["event"])

    assert REDACTED in said
    for secret in ("hunter2", "aHVudGVy", JWT[:20], "m" * 20):
        assert secret not in said


def test_what_is_no_secret_stays() -> None:
    event = {"event": "request", "route": "/api/v1/auth/token/", "status": 200, "ip": None, "sub": "1"}

    assert redact_secrets(None, "info", dict(event)) == event


def test_objects_are_said_as_texts(lines: Lines) -> None:
    structlog.stdlib.get_logger("tests").warning("odd", given=Exception(f"Bearer {JWT}"))

    assert lines.written[0]["given"] == f"Bearer {REDACTED}"


def test_standard_loggers_go_the_same_way(lines: Lines) -> None:
    try:
        fail(JWT)
    except ValueError:
        logging.getLogger("tests").exception("with %s", REFRESH)

    (line,) = lines.written
    assert (line["logger"], line["level"], line["event"]) == ("tests", "error", f"with {REDACTED}")
    assert line["timestamp"].endswith("Z")
    assert f"ValueError: {REDACTED}" in line["exception"]


@pytest.fixture
def configure() -> Iterator[Callable[[bool], None]]:
    """Return what configures the log as production does, or not; afterwards it is as it was."""
    yield lambda is_production: configure_logging(
        "logging.config.dictConfig", logging_settings(is_production=is_production)
    )
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_both_modes_redact(
    configure: Callable[[bool], None], capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    configure(mode == "production")

    try:
        fail(f"password={JWT}")
    except ValueError:
        structlog.stdlib.get_logger("tests").exception(
            "fault", password="correct horse battery", given=REFRESH
        )

    written = capsys.readouterr().err
    assert "fault" in written
    assert f"ValueError: password={REDACTED}" in written
    assert written.startswith("{") == (mode == "production")
    for secret in ("correct horse battery", JWT, REFRESH):
        assert secret not in written


def fail(message: str) -> Never:
    raise ValueError(message)
