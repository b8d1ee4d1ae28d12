"""An administrator goes through the tabs of a person and a role, takes a role away and locks an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.sample_organisation import ADMINISTRATOR
from tests.accounts.journeys import start_session

if TYPE_CHECKING:
    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EDITOR = "editora@example.com"
PHONE = {"width": 390, "height": 844}


def test_a_role_is_taken_away_a_device_ended_and_the_timeline_tells_both(
    visit: Visit, sample: dict[str, User]
) -> None:
    start_session(sample[EDITOR], now=timezone.now(), device=Device(name="Móvil de Elena"))
    visit.sign_in(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[EDITOR].pk}/change/")
    page = visit.page
    tabs = page.locator(".tabs")

    tabs.get_by_role("link", name="Roles").click()
    expect(tabs.locator("[aria-current=page]")).to_have_text("Roles")
    page.locator("a.button[href$='?role=editor']").press("Enter")
    page.locator("#content form [type=submit]").click()
    page.locator("#content form [type=submit]").first.click()
    expect(page).to_have_url(f"{page.url.split('/admin/')[0]}/admin/accounts/user/{sample[EDITOR].pk}/roles/")
    assert sample[EDITOR].role_codes() == []

    tabs.get_by_role("link").nth(3).click()
    card = page.locator("section.card", has_text="Móvil de Elena")
    card.locator("a.button").click()
    page.locator("#content form [type=submit]").click()
    expect(page.locator("section.card", has_text="Móvil de Elena")).to_have_count(0)

    tabs.get_by_role("link").nth(4).click()
    timeline = page.locator(".timeline li")
    expect(timeline.nth(0)).to_contain_text(EDITOR)
    expect(timeline.nth(1)).to_contain_text("editor")


def test_every_tab_fits_a_phone_and_opens_by_keyboard(visit: Visit, sample: dict[str, User]) -> None:
    start_session(sample[EDITOR], now=timezone.now(), device=Device(name="x" * 100))
    visit.sign_in(ADMINISTRATOR)
    page = visit.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    role = Role.objects.get(code="editor")
    visit.open(f"/admin/accounts/user/{sample[EDITOR].pk}/change/")

    for number in range(5):
        page.locator(".tabs a").nth(number).press("Enter")
        expect(page.locator(".tabs a").nth(number)).to_have_attribute("aria-current", "page")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    for tab in ("change", "holders/?q=a", "opens"):
        visit.open(f"/admin/accounts/role/{role.pk}/{tab.rstrip('/')}{'' if '?' in tab else '/'}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
