"""Modules say what they are, and stay small enough to be read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.house.source_files import ROOT, source_files

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES = 300
# Who may look at the environment: the readers, those who choose the settings, and the port of `serve`.
READERS_OF_THE_ENVIRONMENT = {
    "authsite/asgi.py",
    "authsite/environment.py",
    "authsite/management/commands/serve.py",
    "authsite/wsgi.py",
    "manage.py",
}


def test_every_module_has_a_docstring() -> None:
    silent = [named(path) for path in source_files() if not ast.get_docstring(parsed(path))]

    assert silent == []


def test_no_module_is_a_hall() -> None:
    long = [named(path) for path in source_files() if len(path.read_text().splitlines()) > MOST_LINES]

    assert long == []


def test_only_the_readers_look_at_the_environment() -> None:
    rooms = [path for path in source_files() if named(path).split("/")[0] not in {"tests", "bench"}]

    readers = {named(path) for path in rooms if reads_environment(parsed(path))}

    assert readers <= READERS_OF_THE_ENVIRONMENT


def reads_environment(tree: ast.Module) -> bool:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"environ", "getenv"})


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
