"""Everything that administrators read fits the width of a phone, and long lists leave room to the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.services.sample_organisation import ADMINISTRATOR
from accounts.services.users import change_user
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import SYSTEM, start_session
from tests.factories import RoleFactory

if TYPE_CHECKING:
    from accounts.models import Role, User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WHO = "editora@example.com"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIXTY = 60


@pytest.fixture
def laden(visit: Visit, sample: dict[str, User]) -> Visit:
    """Return a visit to an audience with a key, and somebody with sixty roles and an older session."""
    now = timezone.now()
    create_audience(
        code="nominas",
        label="Nóminas",
        rows=[ContractClaimInput(path="roles", source="roles")],
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=now,
    )
    change_audience(
        audience_id=Audience.objects.get(code="api-mi-aplicacion").pk,
        max_token_bytes=2100,
        actor=SYSTEM,
        now=now,
    )
    start_session(sample[WHO], now=now)
    roles: list[Role] = [RoleFactory.create(code=f"un-rol-largo-{number:02}") for number in range(SIXTY)]
    change_user(user_id=sample[WHO].pk, roles=roles, actor=SYSTEM, now=now)
    visit.sign_in(ADMINISTRATOR)
    return visit


def width(visit: Visit) -> int:
    visit.page.wait_for_load_state("networkidle")
    measured: int = visit.page.evaluate("document.documentElement.scrollWidth")
    return measured


def test_pages_fit_a_phone(laden: Visit, sample: dict[str, User]) -> None:
    laden.page.set_viewport_size(PHONE)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    person, audience = sample[WHO].pk, Audience.objects.get(code="nominas").pk
    pages = (
        "/admin/",
        "/admin/near-budget/",
        f"/admin/audiences/encryptionkey/{KEYS['EC']['kid']}/change/",
        f"/admin/audiences/audience/{audience}/history/",
        f"/admin/accounts/user/{person}/token/?role=editor",
        f"/admin/accounts/user/{person}/history/",
    )
    wide = {}
    for path in pages:
        laden.open(path)
        wide[path] = width(laden)

    assert wide == dict.fromkeys(pages, PHONE["width"])


def test_answers_to_forms_fit_a_phone(laden: Visit, sample: dict[str, User]) -> None:
    page = laden.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    token = start_session(sample[ADMINISTRATOR], now=timezone.now()).access_token
    laden.open("/admin/token/")
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Examinar").click()
    expect(page.locator("#token-report")).to_contain_text("Un token de acceso de esta instalación.")
    assert width(laden) == PHONE["width"]

    audience = Audience.objects.get(code="nominas").pk
    laden.open(f"/admin/audiences/audience/{audience}/change/")
    page.locator("#id_max_token_bytes").fill("600")
    page.locator("[name=_save]").click()
    expect(page.locator(".over-budget")).to_contain_text(WHO)
    assert width(laden) == PHONE["width"]


def test_sixty_roles_leave_room_to_the_other_columns(laden: Visit, sample: dict[str, User]) -> None:
    laden.page.set_viewport_size(DESK)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    laden.open(f"/admin/accounts/user/{sample[WHO].pk}/token/")

    for table in ("#claim-rows", "#carried"):
        for heading in laden.page.locator(f"{table} thead th").all():
            box = heading.bounding_box()
            assert box is not None
            assert box["width"] > 80


def test_buttons_do_not_lie_on_a_long_heading(laden: Visit, sample: dict[str, User]) -> None:
    laden.page.set_viewport_size(DESK)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    laden.open(f"/admin/accounts/user/{sample['jefa@empresa123.example.com'].pk}/change/")

    heading = laden.page.locator("#content h1").bounding_box()
    tools = laden.page.locator(".row-actions").bounding_box()
    assert heading is not None
    assert tools is not None
    assert heading["y"] + heading["height"] <= tools["y"]
