"""Pages of the API work under their Content-Security-Policy, as test_every_page.py holds of the admin's."""

from __future__ import annotations

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

LOGIN_PAGES = ("/admin/login/", "/api/browser/login/")
API_PAGES = (
    "/api/v1/",
    "/api/v1/me/",
    "/api/v1/user-data/",
    "/api/v1/auth/sessions/",
    "/api/v1/auth/token/",
    "/api/v1/users/",
    "/api/v1/roles/",
    "/api/v1/roles/admin/",
    "/api/v1/departments/",
    "/api/v1/tenants/",
    "/api/v1/audiences/",
    "/api/v1/audit-events/",
    "/api/docs/",
)
REFUSING_PAGES = {"/api/v1/auth/login/": 405, "/api/v1/auth/password/": 405, "/api/v1/nothing/": 404}


def test_no_page_disobeys_its_policy(visit: Visit, sample: dict[str, User]) -> None:
    visit.refusals |= {403, 404, 405}
    start_session(sample[ADMINISTRATOR], now=timezone.now())
    for path in LOGIN_PAGES:
        visit.open(path)
    visit.sign_in(ADMINISTRATOR)
    seen: list[str] = [*LOGIN_PAGES]

    for path in (*API_PAGES, *REFUSING_PAGES):
        response = visit.page.goto(path, wait_until="networkidle")
        assert response is not None
        assert response.status in {200, 403, REFUSING_PAGES.get(path)}, path
        assert "'unsafe" not in response.headers["content-security-policy"]
        assert visit.surprises == [], path
        seen.append(path)

    assert len(seen) > 15


def test_widgets_of_the_admin_work(visit: Visit, sample: dict[str, User]) -> None:
    visit.sign_in(ADMINISTRATOR)
    page = visit.page

    visit.open(f"/admin/accounts/user/{sample[ADMINISTRATOR].pk}/change/")
    page.locator(".field-roles .select2-selection").click()
    page.locator(".select2-search__field").first.fill("lect")
    page.locator(".select2-results__option", has_text="lector").click()
    expect(page.locator(".field-roles .select2-selection__choice", has_text="lector")).to_be_visible()
    page.locator(".field-department .select2-selection").click()
    expect(page.locator(".select2-results__option").first).to_be_visible()
    with page.expect_popup() as popup:
        page.locator("#add_id_roles").click()
    expect(popup.value.locator("#id_code")).to_be_visible()
    popup.value.close()

    visit.open("/admin/accounts/role/add/")
    page.get_by_label("Roles: Ver").check()
    expect(page.locator("#id_permissions :checked")).to_have_count(1)

    visit.open("/admin/audiences/audience/add/")
    page.locator(".add-row a").click()
    expect(page.locator(".claim-source").first).to_be_visible()


def test_script_in_a_page_is_stopped_and_noticed(visit: Visit) -> None:
    visit.open("/api/browser/login/")

    visit.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.wasRun = true";
          document.body.append(script);
        }"""
    )

    assert visit.page.evaluate("() => window.wasRun === undefined")
    assert any(surprise.startswith("console: CSP: script-src-elem inline") for surprise in visit.surprises)
    visit.surprises.clear()
