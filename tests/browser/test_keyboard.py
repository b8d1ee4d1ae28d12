"""The admin by keyboard alone: Tab reaches every step, it is seen that it does, and Enter takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.browser.visits import PHONE
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CHIEF = "jefa@empresa123.example.com"
MOST_STEPS = 80
_IS_THERE = "(selector) => document.activeElement.matches(selector)"
#: What has the focus lies in the window, with a ring around it or its frame.
_IS_SEEN = """() => {
  const element = document.activeElement;
  const rings = [element, element.parentElement].map((each) => getComputedStyle(each));
  const box = element.getBoundingClientRect();
  const isInWindow = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return isInWindow && rings.some((style) => style.outlineStyle !== "none" && style.outlineWidth !== "0px");
}"""


def go_to(page: Page, selector: str) -> None:
    """Press Tab until what matches has the focus; all on the way has to be seen."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        name = page.evaluate("() => document.activeElement.outerHTML.slice(0, 120)")
        assert page.evaluate(_IS_SEEN), f"has the focus unseen: {name}"
        if page.evaluate(_IS_THERE, selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")


def enter(page: Page, selector: str) -> None:
    """Go to something, and follow or press it."""
    go_to(page, selector)
    page.keyboard.press("Enter")


def sign_in(page: Page) -> None:
    """Sign in, from the field that has the focus when the page is opened."""
    page.goto("/admin/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(ADMINISTRATOR)
    go_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sidebar")).to_be_attached()
    page.wait_for_load_state("networkidle")


def test_role_is_taken_away(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    sign_in(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("jefa@")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/**")
    enter(page, ".found a[href*='/user/']")
    page.wait_for_url("**/change/")
    enter(page, ".tabs a[href$='/roles/']")
    page.wait_for_url("**/roles/")
    enter(page, "a.button[href*='take-role'][href*='editor']")
    page.wait_for_url("**/take-role/**")
    for _question in range(2):
        go_to(page, ".submit-row .default")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert [role.code for role in sample[CHIEF].roles.all()] == ["admin"]


def test_first_tab_leads_past_the_menus(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    sign_in(page)
    visit.open("/admin/accounts/user/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-to-content-link")).to_be_focused()
    page.keyboard.press("Enter")
    enter(page, "#searchbar")


def test_filters_and_menus_open_and_close(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    sign_in(page)
    visit.open("/admin/accounts/user/")
    page.wait_for_load_state("networkidle")

    enter(page, "details.account > summary")
    expect(page.locator(".account-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".account-menu")).to_be_hidden()
    expect(page.locator("details.account > summary")).to_be_focused()
    enter(page, "details.filter > summary")
    enter(page, "details.filter[open] li:nth-child(2) a")
    expect(page.locator("details.filter.is-set")).to_be_visible()


def test_menu_of_a_phone(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    page.set_viewport_size(PHONE)
    sign_in(page)

    expect(page.locator("#sidebar")).to_be_hidden()
    enter(page, ".menu-button")
    expect(page.locator("#sidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()
    enter(page, ".menu-button") if not page.evaluate(_IS_THERE, ".menu-button") else page.keyboard.press(
        "Enter"
    )
    enter(page, "#sidebar a[href='/admin/accounts/role/']")
    page.wait_for_url("**/role/")
