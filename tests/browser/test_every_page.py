"""Every page of the admin in Chromium: it obeys its policy, is accessible, and fits a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from tests.accounts.admin.admin_walk import visits
from tests.accounts.admin.two_tenants import two_tenants
from tests.browser.visits import PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BOSS = "boss@example.org"
LONG_PASSWORD = "una contraseña que es muy larga"
#: Pages that together hold every kind of part: cards, charts, badges, lists, forms, tabs, timelines.
DIVERSE = (
    "index",
    "accounts_user_changelist",
    "accounts_user_change",
    "accounts_user_token",
    "accounts_user_timeline",
    "accounts_role_change",
    "audiences_audience_change",
    "keys_signingkey_changelist",
    "audit_auditevent_change",
)
#: WCAG 2.2 to level AA, and what axe-core recommends beside it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = {"serious", "critical"}
#: What the walk finds that is no page: it is asked by scripts, or only sends one elsewhere.
NO_PAGES = {"autocomplete", "jsi18n", "logout", "audiences_audience_check_contract"}


def pages(part: int, parts: int) -> Iterator[str]:
    """Yield a part of the addresses: the tests of the parts run beside each other."""
    world = two_tenants()
    rows = world.ours | world.shared
    found = [visit for visit in visits(rows, world.beside(rows)) if visit.address.name not in NO_PAGES]
    for visit in found[part::parts]:
        yield visit.url


def findings(visit: Visit) -> list[str]:
    """Return what axe-core calls serious or worse; the styles that it tries to set itself are no surprise."""
    before = list(visit.surprises)
    result: dict[str, Any] = Axe().run(visit.page, options={"runOnly": RULES}).response
    visit.surprises[:] = before
    return [
        f"{found['id']}: {node['html'][:160]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


def wider_than_a_phone(visit: Visit) -> int:
    """Return how many pixels a phone would have to scroll sideways."""
    size = visit.page.viewport_size
    visit.page.set_viewport_size(PHONE)
    width: int = visit.page.evaluate("document.documentElement.scrollWidth")
    assert size is not None
    visit.page.set_viewport_size(size)
    return max(0, width - PHONE["width"])


@pytest.mark.parametrize("part", range(4))
def test_every_page(visit: Visit, part: int) -> None:
    visit.refusals |= {403, 404, 405}
    urls = list(pages(part, 4))
    User.objects.create_superuser(email=BOSS, password=LONG_PASSWORD)
    visit.sign_in_to_admin(BOSS, LONG_PASSWORD)
    seen: set[str] = set()
    wrong: list[str] = []
    for url in urls:
        response = visit.page.goto(url, wait_until="networkidle")
        assert response is not None
        if response.status != 200 or not response.headers["content-type"].startswith("text/html"):
            assert response.status in {200, 403, 404, 405}, url
            continue
        if visit.page.url in seen:
            continue
        seen.add(visit.page.url)
        assert "'unsafe" not in response.headers["content-security-policy"]
        said = [*visit.surprises, *findings(visit)]
        if wide := wider_than_a_phone(visit):
            said.append(f"{wide} px wider than a phone")
        visit.surprises.clear()
        wrong += [f"{url}: {each}" for each in said]

    assert len(seen) > 10
    assert not wrong, "\n".join(wrong)


def test_contrast_by_night(visit: Visit) -> None:
    world = two_tenants()
    rows = world.ours | world.shared
    User.objects.create_superuser(email=BOSS, password=LONG_PASSWORD)
    visit.page.emulate_media(color_scheme="dark")
    visit.sign_in_to_admin(BOSS, LONG_PASSWORD)
    wrong = []
    for name in DIVERSE:
        for each in (seen for seen in visits(rows, world.beside(rows)) if seen.address.name == name):
            visit.open(each.url)
            assert visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            wrong += [f"{each.url}: {found}" for found in findings(visit)]

    assert not wrong, "\n".join(wrong)


def test_fault_in_a_page_is_noticed(visit: Visit) -> None:
    visit.open("/admin/login/")
    visit.page.evaluate(
        """() => {
          const field = document.createElement("input");
          field.type = "checkbox";
          document.body.append(field);
          const wide = document.createElement("span");
          wide.textContent = "x".repeat(400);
          document.body.append(wide);
        }"""
    )

    assert any(found.startswith("label:") for found in findings(visit))
    assert wider_than_a_phone(visit) > 0
