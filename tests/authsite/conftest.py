"""An environment without any variable of authsite."""

from __future__ import annotations

import os

import pytest

_OURS = ("AUTHSITE_", "DATABASE_URL", "REDIS_URL", "PORT")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Remove authsite's variables, and return what sets some of them for one test."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    return monkeypatch
