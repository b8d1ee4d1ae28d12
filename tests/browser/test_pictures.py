"""The pictures of the README: `make pictures` has this module write them to docs/pictures/."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.browser.pictures import take

if TYPE_CHECKING:
    from pathlib import Path

    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PERSON = "jefa@empresa123.example.com"


def test_why_a_token_says_what_it_says(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[PERSON].id}/token/?role=editor")
    expect(visit.page.get_by_text("Sí: el token dice el rol editor")).to_be_visible()
    rows = visit.page.locator("#claim-rows").bounding_box()
    assert rows

    place = {"top": rows["y"] - 20, "left": rows["x"] - 20}
    take(visit, folder / "explain-page.png", height=round(rows["height"]) + 40, **place)


def test_profile_in_the_browsable_api(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open("/api/v1/me/")
    expect(visit.page.get_by_label("Preferencias de interfaz")).to_be_visible()

    take(visit, folder / "browsable-api-profile.png", height=1290)


def test_documentation(visit: Visit, folder: Path) -> None:
    visit.open("/api/docs/")
    expect(visit.page.locator(".opblock").first).to_be_visible()

    take(visit, folder / "api-docs.png", height=900)
