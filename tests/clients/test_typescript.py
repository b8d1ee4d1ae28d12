"""The TypeScript client: generated from the API's description, strictly typed, and used on Node."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.accounts.journeys import start_session
from tests.clients.nodes import require_node, run
from tests.factories import PASSWORD, UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

CLIENT = ROOT / "docs/clients/typescript"


def npm(folder: Path, *arguments: str, **environment: str) -> str:
    """Run npm in a folder; return what it printed."""
    return run("npm", folder, *arguments, **environment)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the client with its locked packages; skipped without Node, but never in CI."""
    require_node()
    docs = tmp_path_factory.mktemp("typescript") / "docs"
    folder = docs / "clients/typescript"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copy(ROOT / "docs/openapi.yaml", docs)
    npm(folder, "ci", "--no-audit", "--no-fund")
    return folder


def test_types_are_those_of_the_api(project: Path) -> None:
    npm(project, "run", "generate")

    generated = (project / "src/schema.ts").read_text("utf-8")
    assert generated == (CLIENT / "src/schema.ts").read_text("utf-8"), "run `make client`"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_app_lives_with_a_running_server(project: Path, live_server: LiveServer) -> None:
    person = UserFactory.create(email="ada@example.org", roles=["editor"])
    expired = start_session(person, now=timezone.now() - timedelta(days=1)).access_token

    page = (CLIENT / "README.md").read_text("utf-8")
    (example,) = re.findall(r"^```ts\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    (project / "test/readme.ts").write_text(example, "utf-8")  # compiled with the rest
    npm(project, "run", "build")
    report = npm(
        project,
        "test",
        AUTHSITE_URL=live_server.url,
        AUTHSITE_EMAIL=person.email,
        AUTHSITE_PASSWORD=PASSWORD,
        AUTHSITE_EXPIRED_TOKEN=expired,
    )

    counts = dict(re.findall(r"^# (\w+) (\d+)$", report, flags=re.MULTILINE))
    assert int(counts["pass"]) >= 10
    assert (counts["fail"], counts["skipped"], counts["todo"]) == ("0", "0", "0")


def test_lock_names_no_host_for_packages() -> None:
    assert "resolved" not in (CLIENT / "package-lock.json").read_text("utf-8")
