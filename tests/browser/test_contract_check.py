"""An administrator writes a claim contract, and hears of each mistake before saving it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.audiences.models import Audience, ContractClaim
from accounts.services.sample_organisation import ADMINISTRATOR

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def page(visit: Visit, sample: dict[str, User]) -> Page:
    """Return the page of authsite's own audience, whose contract has been checked as it is."""
    visit.sign_in(ADMINISTRATOR)
    own = Audience.objects.get(code="api-mi-aplicacion")
    visit.open(f"/admin/audiences/audience/{own.pk}/change/")
    expect(status(visit.page)).to_have_text("El contrato puede quedar así.")
    return visit.page


def status(page: Page) -> Locator:
    return page.locator("#contract-check").get_by_role("status")


def path_field(page: Page, number: int) -> Locator:
    return page.locator(f"#id_contract_claims-{number}-path")


def add_row(page: Page, path: str, source: str) -> None:
    page.locator("#contract_claims-group .add-row a").click()
    number = page.locator("#contract_claims-group tr.dynamic-contract_claims").count() - 1
    path_field(page, number).press_sequentially(path)
    page.locator(f"#id_contract_claims-{number}-source").select_option(source)


def test_a_row_is_written_with_the_keyboard_alone(page: Page) -> None:
    page.locator("#contract_claims-group .add-row a").focus()
    page.keyboard.press("Enter")
    expect(path_field(page, 4)).to_be_focused()
    page.keyboard.type("idioma")
    page.keyboard.press("Tab")
    page.keyboard.type("locale")

    expect(page.locator("#id_contract_claims-4-source")).to_have_value("locale")
    expect(path_field(page, 4)).to_have_accessible_description("Por sí solo, este claim está bien.")


def test_mistake_is_said_beside_its_field_and_gone_when_it_is_mended(page: Page) -> None:
    add_row(page, "r\u043eles", "locale")

    wrong = path_field(page, 4)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(re.compile("U\\+043E CYRILLIC SMALL LETTER O"))
    expect(status(page)).to_have_text("1 claim no puede quedar como está.")

    wrong.fill("idioma")
    expect(status(page)).to_have_text("El contrato puede quedar así.")
    expect(wrong).not_to_have_attribute("aria-invalid", "true")
    page.get_by_text("Ejemplo de lo que contendría un token").click()
    expect(page.locator(".contract-check-example")).to_contain_text('"idioma": "text"')
    assert ContractClaim.objects.count() == 4


def test_collision_is_said_to_screen_readers_and_goes_with_its_row(page: Page) -> None:
    add_row(page, "User_Roles", "locale")
    add_row(page, "ciudad", "locale")

    expect(status(page)).to_contain_text("difieren solo en las mayúsculas")
    expect(page.get_by_text("Ejemplo de lo que contendría un token")).to_be_hidden()

    page.locator("#contract_claims-4 .inline-deletelink").press("Enter")
    expect(status(page)).to_have_text("El contrato puede quedar así.")
    expect(path_field(page, 4)).to_have_value("ciudad")
    expect(path_field(page, 4)).to_have_accessible_description("Por sí solo, este claim está bien.")


def test_sentences_come_while_somebody_types_and_the_form_is_saved_as_ever(page: Page) -> None:
    add_row(page, "idioma", "locale")
    expect(status(page)).to_have_text("El contrato puede quedar así.")

    page.locator("[name=_save]").click()
    page.get_by_role("button", name="Hacer este cambio").click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert ContractClaim.objects.filter(path="idioma", source="locale").exists()


def test_what_saving_refused_is_said_once_and_gone_when_it_is_mended(page: Page) -> None:
    add_row(page, "toString", "locale")
    page.locator("[name=_save]").click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(status(page)).to_have_text("1 claim no puede quedar como está.")

    expect(page.get_by_text("todo objeto de JavaScript")).to_have_count(1)
    path_field(page, 4).fill("texto")

    expect(status(page)).to_have_text("El contrato puede quedar así.")
    expect(page.get_by_text("todo objeto de JavaScript")).to_have_count(0)


def test_check_that_does_not_answer_says_so_and_is_asked_again(page: Page, visit: Visit) -> None:
    visit.refusals.add(403)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    path_field(page, 3).fill("organizacion")
    expect(status(page)).to_have_text(
        "El contrato no se ha comprobado ahora; al guardar se comprueba en todo caso."
    )

    page.context.add_cookies(cookies)  # type: ignore[arg-type] # as they were
    path_field(page, 3).fill("tenant_id")
    expect(status(page)).to_have_text("El contrato puede quedar así.")
