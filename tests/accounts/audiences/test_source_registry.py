"""Claim sources of a deployment's own: which modules are taken, and what is said of those that are not."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.audiences import source_registry
from accounts.audiences.built_in_sources import BUILT_IN_SOURCES
from accounts.audiences.source_registry import register_own_sources
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

SOURCE = """
from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity

def source(name, **more):
    fields = dict(json_type=JSONType.STRING, sensitivity=Sensitivity.PUBLIC, description="", compute=str)
    return ClaimSource(name=name, **(fields | more))

"""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return the registry of one test, which begins as every deployment's."""
    registry = {source.name: source for source in BUILT_IN_SOURCES}
    monkeypatch.setattr(source_registry, "CLAIM_SOURCES", registry)
    return dict(registry)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """Return the file of a module that the setting names."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_claims_of_a_test", raising=False)
    settings.AUTHSITE_CLAIM_SOURCES = ("own_claims_of_a_test",)
    file = tmp_path / "own_claims_of_a_test.py"
    # The second file of a test may be as long as the first, and written in the same second.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return file


def test_without_the_setting_there_are_the_built_in_sources(registered: dict[str, object]) -> None:
    register_own_sources()

    assert registered == source_registry.CLAIM_SOURCES


@pytest.mark.parametrize(
    "declared", ['[source("hr"), source("level")]', '(source(n) for n in ("hr", "level"))']
)
def test_sources_of_the_module_stand_after_the_built_in_ones(
    declared: str, own: Path, registered: dict[str, object]
) -> None:
    own.write_text(f"{SOURCE}CLAIM_SOURCES = {declared}")

    register_own_sources()

    assert list(source_registry.CLAIM_SOURCES) == [*registered, "hr", "level"]


UNUSABLE = {
    "": "AttributeError",
    "CLAIM_SOURCES = 1/0": "ZeroDivisionError: division by zero",
    "CLAIM_SOURCES = (": "SyntaxError",
    "import nothing_of_that_name": "ModuleNotFoundError",
    "CLAIM_SOURCES = 7": "own_claims_of_a_test, which is no module with a list CLAIM_SOURCES",
    "CLAIM_SOURCES = source('hr')": "no module with a list CLAIM_SOURCES",
    "CLAIM_SOURCES = None": "no module with a list CLAIM_SOURCES",
    "CLAIM_SOURCES = ['hr']": "'hr' is no ClaimSource",
    "CLAIM_SOURCES = 'hr'": "'h' is no ClaimSource",
    "CLAIM_SOURCES = [source]": "is no ClaimSource",
    "CLAIM_SOURCES = [source('roles')]": "There is a source 'roles' already; choose another name",
    "CLAIM_SOURCES = [source('hr'), source('hr')]": "There is a source 'hr' already",
    "CLAIM_SOURCES = [source('HR')]": "'HR' is no name of a source: write small letters, digits and “_”",
    "CLAIM_SOURCES = [source('')]": "'' is no name of a source",
    "CLAIM_SOURCES = [source('1st')]": "'1st' is no name of a source",
    "CLAIM_SOURCES = [source('h-r')]": "'h-r' is no name of a source",
    "CLAIM_SOURCES = [source('hr\\n')]": "is no name of a source",
    "CLAIM_SOURCES = [source('h' * 64)]": "is no name of a source",
    "CLAIM_SOURCES = [source('hr', members={'a': JSONType.STRING})]": "'hr' has members, but is no object",
}


@pytest.mark.parametrize(("code", "sentence"), UNUSABLE.items(), ids=UNUSABLE)
def test_what_cannot_be_used_is_named_with_what_to_do(
    code: str, sentence: str, own: Path, registered: dict[str, object]
) -> None:
    own.write_text(SOURCE + code)

    with pytest.raises(ImproperlyConfigured) as refusal:
        register_own_sources()

    assert sentence in str(refusal.value)
    assert "own_claims_of_a_test" in str(refusal.value)


def test_module_that_is_missing_is_named(registered: dict[str, object], settings: Settings) -> None:
    settings.AUTHSITE_CLAIM_SOURCES = ("nowhere.claims",)

    with pytest.raises(
        ImproperlyConfigured, match=r"names nowhere\.claims, .* Put it on PYTHONPATH, or mend it"
    ):
        register_own_sources()


def check(tmp_path: Path, modules: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` as an operator does, with these modules beside PYTHONPATH."""
    # With the secrets of the tests, and authsite's own settings: the tests' forget this very variable.
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "authsite.settings",
        "AUTHSITE_CLAIM_SOURCES": modules,
        "PYTHONPATH": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_nothing_starts_while_a_source_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "own_claims.py").write_text(f"{SOURCE}CLAIM_SOURCES = [source('email')]")

    refused = check(tmp_path, "own_claims")

    assert refused.returncode != 0
    last = refused.stderr.strip().splitlines()[-1]
    assert last.endswith("own_claims.CLAIM_SOURCES: There is a source 'email' already; choose another name.")


def test_everything_starts_with_modules_that_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "one_claims.py").write_text(f"{SOURCE}CLAIM_SOURCES = [source('hr')]")
    text = """
        from accounts.audiences.source_registry import CLAIM_SOURCES
        from one_claims import source
        CLAIM_SOURCES = [source("level")]
    """
    (tmp_path / "two_claims.py").write_text(dedent(text))

    passed = check(tmp_path, "one_claims,two_claims")

    assert passed.returncode == 0, passed.stderr
