"""The locks fit their sources, and name no place on the network."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source_files import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n    --hash=sha256:", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Return the locked versions by package; a pin without a hash is none."""
    return dict(PIN.findall((ROOT / name).read_text()))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked_in_a_version_that_it_allows(name: str) -> None:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    locked = pins(f"{name}.txt")

    unmet = [
        str(want) for want in wanted if not want.specifier.contains(locked[canonicalize_name(want.name)])
    ]

    assert unmet == []


def test_developers_run_what_production_runs() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_no_place_on_the_network(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()
    assert "--index-url" not in (ROOT / name).read_text()
