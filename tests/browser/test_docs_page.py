"""A person tries the API out in its documentation, without any other server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("sample"),
]


def execute(page: Page, operation: str, body: object = None) -> str:
    """Open an operation, try it out, and return the body of the answer."""
    block = page.locator(f"[id^=operations-][id$={operation}]")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    if body is not None:
        block.locator("textarea.body-param__text").fill(json.dumps(body))
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    return answer.locator(".highlight-code pre").first.inner_text()


def test_login_is_tried_out_and_its_token_used(visit: Visit) -> None:
    visit.open("/api/docs/")
    page = visit.page

    answer = json.loads(execute(page, "login", {"email": ADMINISTRATOR, "password": PASSWORD}))
    page.get_by_role("button", name="Authorize").first.click()
    # A service's own assertion is a bearer, too.
    bearer = (
        page.locator(".auth-container").filter(has_text="bearer").filter(has_not_text="audience_assertion")
    )
    bearer.get_by_role("textbox").fill(answer["token"])
    bearer.get_by_role("button", name="Apply credentials").click()
    bearer.get_by_role("button", name="Close").click()

    assert json.loads(execute(page, "get_profile"))["email"] == ADMINISTRATOR
