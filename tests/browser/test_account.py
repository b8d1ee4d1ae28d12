"""A person who has forgotten their password comes back in, without JavaScript too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.accounts.mailed import link_in, mail_to, token_in
from tests.browser.visits import Visit
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EDITOR = "editora@example.com"
NEW = "another long passphrase 2026"


@pytest.mark.parametrize("javascript", [True, False])
def test_forgotten_password_is_reset_by_mail(
    chromium: Browser,
    live_server: LiveServer,
    sample: dict[str, User],
    javascript: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    context = chromium.new_context(base_url=live_server.url, locale="es-ES", java_script_enabled=javascript)
    visit = Visit.begin(context, live_server.url)
    page = visit.page
    visit.open("/api/browser/login/")
    page.get_by_role("link", name="¿Ha olvidado su contraseña?").click()
    page.get_by_label("Correo electrónico").fill(EDITOR)
    page.get_by_role("button", name="Enviar enlace").click()
    expect(page.get_by_role("heading", name="Revise su correo")).to_be_visible()

    sent = mail_to(EDITOR)
    visit.open(link_in(sent))
    expect(page).to_have_url(f"{live_server.url}/account/password/new/")
    assert token_in(sent) not in page.content()
    expect(page.get_by_label("Cuenta")).to_have_value(EDITOR)
    page.get_by_label("Contraseña nueva", exact=True).fill(NEW)
    page.get_by_label("Contraseña nueva, otra vez").fill("something else")
    page.get_by_role("button", name="Establecer contraseña").click()
    expect(page.get_by_text("Las dos contraseñas no coinciden")).to_be_visible()
    page.get_by_label("Contraseña nueva", exact=True).fill(NEW)
    page.get_by_label("Contraseña nueva, otra vez").fill(NEW)
    page.get_by_role("button", name="Establecer contraseña").click()
    expect(page.get_by_role("heading", name="Su contraseña está establecida")).to_be_visible()

    visit.open("/account/password/new/", status=400)
    expect(page.get_by_role("heading", name="Este enlace no funciona")).to_be_visible()
    page.get_by_role("banner").get_by_role("link", name="Iniciar sesión").click()
    page.get_by_label("Correo electrónico").fill(EDITOR)
    page.get_by_label("Contraseña", exact=True).fill(NEW)
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("banner")).to_contain_text(EDITOR)
    context.close()
    assert visit.surprises == []


def test_address_changes_by_a_link_to_each(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    visit.sign_in(EDITOR)
    visit.open("/account/email/")
    page.get_by_label("Correo electrónico nuevo").fill("elena@example.net")
    page.get_by_label("Contraseña actual").fill(PASSWORD)
    page.get_by_role("button", name="Enviar enlaces").click()
    expect(page.get_by_role("heading", name="Revise los dos buzones")).to_be_visible()

    for address, said in (
        ("elena@example.net", "Confirmado por una dirección"),
        (EDITOR, "Su correo electrónico ha cambiado"),
    ):
        visit.open(link_in(mail_to(address)))
        page.get_by_role("button", name="Confirmar").click()
        expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("elena@example.net")
