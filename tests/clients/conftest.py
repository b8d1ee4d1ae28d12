"""Copies of the clients, with their packages: one installation for all tests of a process."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.clients.nodes import CLIENT, npm, require_node, run
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the client with its locked packages; skipped without Node, but never in CI."""
    require_node()
    docs = tmp_path_factory.mktemp("typescript") / "docs"
    folder = docs / "clients/typescript"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copy(ROOT / "docs/openapi.yaml", docs)
    npm(folder, "ci", "--no-audit", "--no-fund")
    return folder


@pytest.fixture(scope="session")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the programs for Node with their locked package; skipped without Node."""
    require_node()
    folder = tmp_path_factory.mktemp("node") / "node"
    shutil.copytree(ROOT / "docs/clients/node", folder, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", folder, "ci", "--no-audit", "--no-fund")
    return folder
