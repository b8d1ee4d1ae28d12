"""The TypeScript client: generated from the API's description, strictly typed, and used on Node."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.accounts.journeys import start_session
from tests.clients.nodes import CLIENT, npm
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer


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
