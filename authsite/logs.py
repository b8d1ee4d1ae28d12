"""What is logged and how: JSON lines in production, readable lines in development, secrets in neither.

docs/logs.md describes the lines; ADR 0024 says why there is structlog, and nothing on top of it.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    import logging

    from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = "[redacted]"

_SECRET_NAME = re.compile(
    r"authorization|cookie|passw|secret|token|refresh|access|credential|csrf|session_?key|private|api_?key",
    re.IGNORECASE,
)
#: Names that only sound like secrets.
_HARMLESS_NAMES = frozenset({"token_type", "access_lifetime", "refresh_expires_in", "max_token_bytes"})
_VALUE = r"""(?:b?"[^"\n]*"|b?'[^'\n]*'|[^\s,&;}\])]+)"""
#: What a secret looks like inside of a text, and what stands there instead.
_SECRET_TEXTS: Final = (
    # JSON Web Tokens, signed or encrypted (RFC 7515 §7.1, RFC 7516 §7.1).
    (re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){2,4}"), REDACTED),
    # Refresh and device tokens: version, id, generation, MAC.
    (re.compile(r"\b\d{1,6}\.[0-9a-f]{32}(?:\.\d{1,18})?\.[\w-]{20,}"), REDACTED),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    # Query strings: Django repeats the whole Referer where it does not trust one.
    (re.compile(r"(https?://[^\s?\"'<>]+\?)[^\s\"'<>]+", re.IGNORECASE), rf"\1{REDACTED}"),
    # Headers to the end of their line, and whatever is set to a value.
    (re.compile(r"((?:authorization|cookie)[\"']?\s*[:=])[^\n]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    (
        re.compile(
            rf"((?:passw\w*|secrets?|\w*token|refresh|access|csrf\w*)[\"']?\s*[:=]\s*){_VALUE}", re.IGNORECASE
        ),
        rf"\1{REDACTED}",
    ),
)


def redact_secrets(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Take out what somebody logged by mistake: by its name, and by its form inside of texts."""
    return {name: _redacted(name, value) for name, value in event_dict.items()}


def keep_paths_out(record: logging.LogRecord) -> bool:
    """Say the route where Django says the path, which may hold ids and tokens."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path is not None and isinstance(record.args, tuple):
        match = getattr(request, "resolver_match", None)
        route = f"/{match.route}" if match else "(no route)"
        escaped = path.encode("unicode_escape").decode("ascii")
        record.args = tuple(route if arg in {path, escaped} else arg for arg in record.args)
    return True


def one_line_per_failure(record: logging.LogRecord) -> bool:
    """Keep Django's line where nobody handled an exception; the API has logged its own."""
    return bool(record.exc_info and record.exc_info[0])


def logging_settings(*, is_production: bool) -> dict[str, Any]:
    """Return Django's ``LOGGING``: every logger's lines go through one formatter, to stderr."""
    renderer = structlog.processors.JSONRenderer() if is_production else _console()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "keep_paths_out": {"()": lambda: keep_paths_out},
            "one_line_per_failure": {"()": lambda: one_line_per_failure},
        },
        "formatters": {"lines": {"()": lambda: _formatter(renderer)}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "filters": ["keep_paths_out"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Without Django's own handlers: one prints only while debugging, the other mails stack traces.
            "django": {"handlers": [], "level": "INFO"},
            "django.request": {"level": "ERROR", "filters": ["one_line_per_failure"]},
        },
    }


def configure_structlog() -> None:
    """Let structlog's loggers write through the standard library, and so to the same place."""
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _formatter(renderer: Processor) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact_secrets,
            renderer,
        ],
    )


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _console() -> structlog.dev.ConsoleRenderer:
    # The other formatters of tracebacks show local variables: passwords and tokens among them.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _redacted(name: object, value: object) -> object:
    if isinstance(name, str) and _SECRET_NAME.search(name) and name not in _HARMLESS_NAMES:
        return REDACTED
    match value:
        case str():
            return _without_secrets(value)
        case dict():
            return {inner: _redacted(inner, each) for inner, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(None, each) for each in value]
        case None | bool() | int() | float():
            return value
        case _:
            return _without_secrets(str(value))


def _without_secrets(text: str) -> str:
    for pattern, instead in _SECRET_TEXTS:
        text = pattern.sub(instead, text)
    return text
