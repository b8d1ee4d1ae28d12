"""The pictures of the README: `make pictures` has this module write them to docs/pictures/."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.accounts.journeys import start_session

if TYPE_CHECKING:
    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WIDTH = 1280
MOST_BYTES = 200_000
PERSON = "jefa@empresa123.example.com"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the pictures go: nowhere that lasts, unless PICTURES names a folder."""
    folder = Path(os.environ.get("PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take(visit: Visit, path: Path, *, height: int, top: float = 0, left: float = 0) -> None:
    """Write the part of the page that begins at ``top`` and ``left``."""
    page = visit.page
    # No element: the Content-Security-Policy allows no style in the page.
    page.evaluate(
        """() => {
          const still = new CSSStyleSheet();
          still.replaceSync("*, ::before, ::after { caret-color: transparent; transition: none; }");
          document.adoptedStyleSheets.push(still);
        }"""
    )
    page.wait_for_load_state("networkidle")
    clip = {"x": left, "y": top, "width": WIDTH - left, "height": float(height)}
    page.screenshot(path=path, full_page=True, animations="disabled", clip=clip)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    assert path.read_bytes().startswith(b"\x89PNG")
    assert 10_000 < path.stat().st_size < MOST_BYTES


def test_a_user_in_the_admin_with_the_token_preview(
    visit: Visit, sample: dict[str, User], folder: Path
) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[PERSON].id}/change/")
    preview = visit.page.get_by_text('"tenant_id": "empresa_123"')
    expect(preview).to_be_visible()

    take(visit, folder / "admin-user.png", height=1840)


def test_why_a_token_says_what_it_says(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[PERSON].id}/token/?role=editor")
    expect(visit.page.get_by_text("Sí: el token dice el rol editor")).to_be_visible()
    rows = visit.page.locator("#claim-rows").bounding_box()
    assert rows

    place = {"top": rows["y"] - 20, "left": rows["x"] - 20}
    take(visit, folder / "explain-page.png", height=round(rows["height"]) + 40, **place)


def test_impact_before_saving(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    start_session(sample[PERSON], now=timezone.now())
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[PERSON].id}/change/")
    visit.page.locator("#id_special_permissions").uncheck()
    visit.page.locator("[name=_continue]").click()
    expect(visit.page.get_by_role("heading", name="Qué hace este cambio")).to_be_visible()

    take(visit, folder / "impact-page.png", height=760)


def test_profile_in_the_browsable_api(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open("/api/v1/me/")
    expect(visit.page.get_by_label("Preferencias de interfaz")).to_be_visible()

    take(visit, folder / "browsable-api-profile.png", height=1290)


def test_documentation(visit: Visit, folder: Path) -> None:
    visit.open("/api/docs/")
    expect(visit.page.locator(".opblock").first).to_be_visible()

    take(visit, folder / "api-docs.png", height=900)
