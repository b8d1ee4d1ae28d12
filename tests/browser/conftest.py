"""Chromium, a visit in Spanish, and the sample organisation."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from accounts.services.sample_organisation import create_sample_organisation
from tests.browser.visits import Visit
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Return a browser; where Chromium is absent the test is skipped, but never in CI.

    One for each test: while Playwright runs, its event loop is that of the thread.
    """
    path = shutil.which("chromium")
    if path is None:
        reason = "needs Chromium: apt-get install chromium (.ci/install-chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Django would refuse its ORM to a thread with an event loop; nothing here is asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()
        # With a running event loop Django keeps connections of its own, which nobody else would close.
        connections.close_all()


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Return a visit; afterwards nothing may have gone wrong, and no other host been asked."""
    context = chromium.new_context(
        base_url=live_server.url, locale="es-ES", viewport={"width": 1280, "height": 900}
    )
    visit = Visit.begin(context, live_server.url)
    yield visit
    context.close()
    assert visit.surprises == []


@pytest.fixture
def sample(db: None) -> dict[str, User]:
    """Return the people of the sample organisation by e-mail; everybody has ``PASSWORD``."""
    people = create_sample_organisation(password=PASSWORD, now=timezone.now())
    return {person.email: person for person in people}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the pictures go: nowhere that lasts, unless PICTURES names a folder."""
    folder = Path(os.environ.get("PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
