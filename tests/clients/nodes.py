"""Node for tests: skipped visibly where it is absent, but never in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = ROOT / "docs/clients/typescript"


def require_node() -> None:
    """Skip without Node, or fail in CI."""
    if shutil.which("npm") is None:
        reason = "needs Node 20 or newer with npm"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def run(program: str, folder: Path, *arguments: str, given: str = "", **environment: str) -> str:
    """Run ``npm`` or ``node`` in a folder; return what it printed.

    Nothing of the developer's own counts but the registry.
    """
    finished = subprocess.run(
        [shutil.which(program) or program, *arguments],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"} | environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def npm(folder: Path, *arguments: str, **environment: str) -> str:
    """Run npm in a folder; return what it printed."""
    return run("npm", folder, *arguments, **environment)
