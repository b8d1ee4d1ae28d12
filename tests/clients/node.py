"""Node's npm, as the tests of the TypeScript client run it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = ROOT / "docs/clients/typescript"


def npm(folder: Path, *arguments: str, **environment: str) -> str:
    """Run npm in a folder, with nothing of the developer's own but the registry; return what it printed."""
    finished = subprocess.run(
        [shutil.which("npm") or "npm", *arguments],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout
