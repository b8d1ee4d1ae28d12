"""The project's own Python files."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "api", "authsite", "bench", "tests")


def source_files() -> list[Path]:
    """Return every Python file that a person wrote."""
    written = [
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
    ]
    return [ROOT / "manage.py", *sorted(written)]
