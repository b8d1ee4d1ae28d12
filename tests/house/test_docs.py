"""The reference pages say what the code does."""

import re

import pytest
from django.utils import translation

from api.problems import PROBLEMS, Problem
from tests.house.source_files import ROOT

ERRORS = (ROOT / "docs/errors.md").read_text("utf-8")


def row_of(problem: Problem) -> str:
    """Return the row that a problem must have."""
    with translation.override("en"):
        english = str(problem.title)
    with translation.override("es"):
        spanish = str(problem.title)
    action = f"`{problem.action}`" if problem.action else ""
    cells = (f"`{problem.code}`", problem.status, action, problem.retry_after or "", english, spanish)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_each_problem_has_its_row(problem: Problem) -> None:
    assert row_of(problem) in ERRORS.splitlines()


def test_no_row_is_without_its_problem() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| \d", ERRORS, flags=re.MULTILINE)) == set(PROBLEMS)


def test_the_readmes_are_twins() -> None:
    english, spanish = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.es.md"))

    def blocks(text: str) -> list[str]:
        return re.findall(r"^```.*?^```", text, flags=re.MULTILINE | re.DOTALL)

    assert blocks(english) == blocks(spanish)
    assert len(re.findall(r"^#", english, re.MULTILINE)) == len(re.findall(r"^#", spanish, re.MULTILINE))


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.es.md",
        "docs/admin.md",
        "docs/passwords.md",
        "docs/account-mails.md",
        "docs/sessions.md",
        "docs/errors.md",
        "docs/directory.md",
        "docs/fresh-claims.md",
        "docs/limits.md",
        "docs/permissions.md",
        "docs/logs.md",
        "docs/asvs.md",
        "docs/audit.md",
        "docs/dashboard.md",
        "docs/claims.md",
        "docs/explaining.md",
        "docs/pasted-tokens.md",
        "docs/token-budget.md",
        "docs/impact.md",
        "docs/forward-auth.md",
        "docs/verifying.md",
        "docs/resource-servers.md",
        "docs/keys.md",
        "docs/scale.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", file.read_text("utf-8")):
        assert (file.parent / target).exists(), target


def test_each_test_that_the_asvs_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/asvs.md").read_text("utf-8"))

    assert len(named) > 15
    for file, test in named:
        assert (f"def {test}(" if test else "def test_") in (ROOT / file).read_text("utf-8"), (file, test)
