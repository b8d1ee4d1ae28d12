"""docs/settings.md lists every variable, and nothing else."""

from __future__ import annotations

import ast
import re

from tests.house.source_files import ROOT

DOCUMENTED = re.compile(r"^\| `([A-Z0-9_]+)` \|", re.MULTILINE)
VARIABLE = re.compile(r"(AUTHSITE_[A-Z0-9_]+|[A-Z]+_URL|PORT)")


def test_every_variable_is_documented_once() -> None:
    documented = DOCUMENTED.findall((ROOT / "docs/settings.md").read_text())

    assert sorted(documented) == sorted(variables_read())


def variables_read() -> set[str]:
    """Return the first argument of every reader that the settings call."""
    calls = [
        node
        for name in ("environment", "settings")
        for node in ast.walk(ast.parse((ROOT / f"authsite/{name}.py").read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
    ]
    first = [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]
    return {name for name in first if isinstance(name, str) and VARIABLE.fullmatch(name)}
