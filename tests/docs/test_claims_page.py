"""docs/claims.md says what the code does, and its example of a source issues tokens."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from accounts.audiences.claim_paths import RESERVED
from accounts.audiences.claim_sources import ClaimInput, ClaimSource, LoginContext, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.contracts import read_contract
from accounts.audiences.services import create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES, register_own_sources
from accounts.models.subject_facts import SubjectFacts
from accounts.tokens.claims_schema import claims_schema
from accounts.tokens.errors import TokenUnissuableError
from tests.accounts.journeys import NOW, SYSTEM, claims_of, start_session
from tests.docs.blocks import blocks_of
from tests.factories import UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import Settings

PAGE = (ROOT / "docs/claims.md").read_text("utf-8")
MODULE = "ourcompany_claims"


def rows_of(heading: str) -> dict[str, list[str]]:
    """Return the cells of the table below a heading, by the first."""
    section = PAGE.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, flags=re.MULTILINE)
    return {name: rest.split(" | ") for name, rest in rows}


@pytest.mark.parametrize("source", CLAIM_SOURCES.values(), ids=CLAIM_SOURCES)
def test_each_source_has_its_row(source: ClaimSource) -> None:
    json_type, may_be_null, sensitivity = rows_of("## Sources")[source.name]

    assert json_type.startswith(str(source.json_type))
    assert [name for name in source.members or {} if f"`{name}`" not in json_type] == []
    assert (may_be_null == "yes", sensitivity) == (source.may_be_null, str(source.sensitivity))


def test_no_row_is_without_its_source_or_its_field() -> None:
    assert set(rows_of("## Sources")) == set(CLAIM_SOURCES)
    assert set(rows_of("### A source of your own")) == {field.name for field in fields(ClaimSource)}


def test_what_a_source_may_look_at_is_listed() -> None:
    said = re.sub(r"\s+", " ", PAGE)

    for prefix, known in (("has", SubjectFacts), ("the login knows:", LoginContext)):
        assert f"{prefix} `{' '.join(field.name for field in fields(known))}`" in said
    assert {field.name for field in fields(ClaimInput)} == {"subject", "audience", "context"}


def test_reserved_names_and_sensitivities_are_listed() -> None:
    (listed,) = re.findall(r"^- `([a-z_ ]+)` are authsite's own", PAGE, flags=re.MULTILINE)

    assert set(listed.split()) == RESERVED
    assert all(f"`{sensitivity}`" in PAGE for sensitivity in Sensitivity)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Path]:
    """Return the page's own module, on the path and named by the setting; forgotten afterwards."""
    file = tmp_path / f"{MODULE}.py"
    file.write_text(blocks_of("claims.md", "A source of your own")["python"], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    settings.AUTHSITE_CLAIM_SOURCES = (MODULE,)
    before = dict(CLAIM_SOURCES)
    yield file
    CLAIM_SOURCES.clear()
    CLAIM_SOURCES.update(before)
    sys.modules.pop(MODULE, None)


def change(example: Path, says: str) -> None:
    """Have the example's function say something else."""
    text = example.read_text("utf-8")
    changed = re.sub(r"^    return .*$", f"    {says}", text, count=1, flags=re.MULTILINE)
    assert changed != text
    example.write_text(changed, "utf-8")


def token_of(*roles: str) -> dict[str, Any]:
    """Register the example, and return the claims of a token for an audience whose contract has it."""
    register_own_sources()
    rows = [ContractClaimInput(path="scope", source="scope")]
    create_audience(code="articles", label="Articles", rows=rows, actor=SYSTEM, now=NOW)
    person = UserFactory.create(roles=list(roles))
    return claims_of(start_session(person, audience="articles").access_token)


@pytest.mark.django_db
def test_the_pages_own_source_issues_tokens(example: Path) -> None:
    claims = token_of("editor", "lector")

    assert claims["scope"] == "articles.read articles.write"
    Draft202012Validator(claims_schema(read_contract("articles"))).validate(claims)


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ('raise LookupError("the secret inside")', "LookupError"),
        ("return ['articles.read']  # type: ignore", "returned list, not string"),
        ("return None  # type: ignore", "returned NoneType, not string"),
        ("return 7  # type: ignore", "returned int, not string"),
    ],
)
@pytest.mark.django_db
def test_source_that_fails_or_lies_issues_no_token_and_is_named_in_the_log(
    says: str, reason: str, example: Path, caplog: pytest.LogCaptureFixture
) -> None:
    change(example, says)

    with caplog.at_level(logging.ERROR), pytest.raises(TokenUnissuableError) as refusal:
        token_of("editor")

    assert (refusal.value.facts["source"], refusal.value.facts["reason"]) == ("scope", reason)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    for said in ("'source': 'scope'", reason, "articles"):
        assert said in record.getMessage()


@pytest.mark.parametrize(("name", "status"), [("scope", 0), ("roles", 1)])
def test_printed_command_checks_the_module(name: str, status: int, example: Path, tmp_path: Path) -> None:
    text = example.read_text("utf-8").replace('name="scope"', f'name="{name}"')
    example.write_text(text, "utf-8")
    command = blocks_of("claims.md", "A source of your own")["sh"]
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "authsite.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3",
    }

    finished = subprocess.run(
        ["/bin/sh", "-ec", command.replace(".venv/bin/python", sys.executable)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert finished.returncode == status, finished.stderr
    if status:
        assert finished.stderr.strip().endswith(
            f"{MODULE}.CLAIM_SOURCES: There is a source 'roles' already; choose another name."
        )
