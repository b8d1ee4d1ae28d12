"""The log as production would write it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from authsite.logs import logging_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
from contextlib import contextmanager


class Lines(logging.Handler):
    """Keeps what production would write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[dict[str, Any]] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as its line."""
        self.written.append(json.loads(self.format(record)))

    def of(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the lines that say all of this."""
        return [line for line in self.written if wanted.items() <= line.items()]


@contextmanager
def written_lines() -> Iterator[Lines]:
    """Keep the JSON lines that are written meanwhile."""
    settings = logging_settings(is_production=True)
    handler = Lines()
    handler.setFormatter(settings["formatters"]["lines"]["()"]())
    handler.addFilter(settings["filters"]["keep_paths_out"]["()"]())
    logging.getLogger().addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)
