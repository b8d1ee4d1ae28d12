"""A copy of the TypeScript client, with its packages."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.clients.node import CLIENT, npm
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the client with its locked packages; skipped without Node, but never in CI."""
    if shutil.which("npm") is None:
        reason = "needs Node 20 or newer with npm"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    docs = tmp_path_factory.mktemp("typescript") / "docs"
    folder = docs / "clients/typescript"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copy(ROOT / "docs/openapi.yaml", docs)
    npm(folder, "ci", "--no-audit", "--no-fund")
    return folder
