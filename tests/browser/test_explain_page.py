"""An administrator asks why a token says a role, takes it away, and sees what a phone still carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.sample_organisation import ADMINISTRATOR
from accounts.services.users import unassign_role
from tests.accounts.journeys import SYSTEM, start_session

if TYPE_CHECKING:
    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EDITOR = "editora@example.com"
PHONE = {"width": 390, "height": 844}


def test_role_is_explained_before_and_after_it_is_taken_away(visit: Visit, sample: dict[str, User]) -> None:
    editora = sample[EDITOR]
    start_session(editora, now=timezone.now(), device=Device(name="Móvil de Elena"))
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{editora.pk}/change/")
    page = visit.page

    page.get_by_role("link", name="Token", exact=True).click()
    page.get_by_label("Por qué dice, o no dice, el rol").fill("editor")
    page.get_by_role("button", name="Mostrar").click()
    expect(page.locator("#why-role")).to_contain_text("Sí: el token dice el rol editor, en user_roles")
    expect(page.locator("#carried")).to_contain_text("Un refresco diría lo mismo.")

    role = Role.objects.get(code="editor")
    unassign_role(user_id=editora.pk, role=role, actor=SYSTEM, now=timezone.now())
    page.reload()
    expect(page.locator("#why-role")).to_contain_text("No: el token no dice el rol editor")
    carried = page.locator("#carried")
    expect(carried.get_by_role("row").last).to_contain_text('user_roles ["editor"] [] editor')

    page.get_by_role("link", name="Qué diría un refresco").click()
    expect(page.get_by_label("Sesión:", exact=True)).to_contain_text("Móvil de Elena")


def test_page_is_no_wider_than_a_phone(visit: Visit, sample: dict[str, User]) -> None:
    start_session(sample[EDITOR], now=timezone.now())
    visit.sign_in(ADMINISTRATOR)
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type] # a TypedDict of Playwright's own

    visit.open(f"/admin/accounts/user/{sample[EDITOR].pk}/token/?role=editor&audience={'x' * 63}")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    visit.open(f"/admin/accounts/user/{sample[EDITOR].pk}/token/?role=editor")

    expect(visit.page.locator("#claim-rows")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
