"""A person uses the browsable API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.services.sample_organisation import ADMINISTRATOR

if TYPE_CHECKING:
    from tests.browser.visits import Visit

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("sample"),
]

ME = "/api/v1/me/"
EDITOR = "editora@example.com"


def test_person_signs_in_changes_their_profile_and_signs_out(visit: Visit) -> None:
    page = visit.page
    visit.refusals.add(401)
    visit.sign_in(EDITOR, path=ME)
    expect(page.get_by_role("heading", name="Mi perfil")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(EDITOR)

    page.get_by_label("Nombre").fill("Elena E.")
    page.get_by_label("Preferencias de interfaz").fill('{"theme": "dark", "columns": 3}')
    page.get_by_role("button", name="Guardar").click()

    expect(page.locator("#answer")).to_contain_text('"columns": 3')
    expect(page.get_by_label("Nombre")).to_have_value("Elena E.")
    changed = User.objects.get(email=EDITOR)
    assert (changed.name, changed.ui_preferences) == ("Elena E.", {"theme": "dark", "columns": 3})

    page.get_by_role("button", name="Salir").click()

    expect(page.get_by_role("banner").get_by_role("link", name="Iniciar sesión")).to_be_visible()
    assert page.url.endswith(ME)


def test_wrong_password_says_so(visit: Visit) -> None:
    visit.open("/api/browser/login/")
    visit.page.get_by_label("Correo electrónico").fill(EDITOR)
    visit.page.get_by_label("Contraseña").fill("wrong")
    visit.page.get_by_role("button", name="Iniciar sesión").click()

    expect(visit.page.get_by_role("alert")).to_contain_text("correo electrónico y clave correctos")
    expect(visit.page.get_by_label("Contraseña")).to_be_focused()


def test_error_stands_beside_its_field_and_what_was_typed_is_kept(visit: Visit) -> None:
    visit.refusals |= {400, 401}
    visit.sign_in(EDITOR, path=ME)
    page = visit.page

    page.get_by_label("Nombre").fill("")
    page.get_by_label("Idioma").select_option(label="English")
    page.get_by_role("button", name="Guardar").click()

    expect(page.locator("#patch-name-errors")).to_have_text("Este campo no puede estar en blanco.")
    expect(page.get_by_label("Nombre")).to_be_focused()
    expect(page.get_by_label("Idioma")).to_have_value('"en"')

    page.get_by_label("Nombre").fill("Elena")
    page.get_by_role("button", name="Guardar").click()

    expect(page.locator("#answer")).to_contain_text('"name": "Elena"')
    assert User.objects.get(email=EDITOR).locale == "en"


def test_text_that_is_no_json_is_said_before_anything_is_sent(visit: Visit) -> None:
    visit.refusals.add(401)
    visit.sign_in(EDITOR, path=ME)
    page = visit.page
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("Preferencias de interfaz").fill("{theme: dark")
    page.get_by_role("button", name="Guardar").click()

    expect(page.locator("#patch-ui_preferences-errors")).to_contain_text("Esto no es JSON.")
    expect(page.get_by_label("Preferencias de interfaz")).to_be_focused()
    assert sent == []


def test_login_through_its_form_answers_a_token(visit: Visit) -> None:
    visit.open("/api/v1/auth/login/", status=405)
    page = visit.page
    page.get_by_label("Correo electrónico").fill(EDITOR)
    page.get_by_label("Contraseña").fill("wrong wrong wrong")
    visit.refusals.add(401)
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("Credenciales inválidas")
    expect(page.get_by_label("Correo electrónico")).to_have_value(EDITOR)
    expect(page.get_by_label("Contraseña")).to_have_value("")

    page.get_by_label("Contraseña").fill("correct horse battery staple")
    page.get_by_role("group", name="Dispositivo").get_by_label("Nombre").fill("Portátil")
    page.get_by_role("button", name="Enviar").click()

    expect(page.locator("#answer")).to_contain_text(re.compile(r'"token": "\w+\.'))


def test_deletion_asks_first(visit: Visit) -> None:
    visit.refusals.add(401)
    visit.sign_in(EDITOR, path="/api/v1/auth/sessions/")
    page = visit.page
    page.get_by_role("button", name="Eliminar…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Cancelar").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Eliminar…").click()
    dialog.get_by_role("button", name="Eliminar").click()

    expect(page.locator("#answer")).to_contain_text("204 No Content")


def test_keyboard_is_enough(visit: Visit) -> None:
    visit.refusals.add(401)
    visit.sign_in(EDITOR, path=ME)
    page = visit.page

    page.get_by_role("tab", name="Formulario").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="JSON")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Cuerpo")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type('{"name": "Teclado"}')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#answer")).to_contain_text('"name": "Teclado"')
    expect(page.get_by_role("tab", name="JSON")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/", 200),
        (ME, 200),
        ("/api/v1/auth/login/", 405),
        ("/api/v1/auth/token/", 200),
        ("/api/v1/auth/sessions/6f7dcc9d-941b-4b8e-ac9a-e7493b8c0a69/", 404),
    ],
)
def test_pages_fit_a_telephone(visit: Visit, path: str, status: int) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.page.set_viewport_size({"width": 390, "height": 844})

    visit.open(path, status=status)

    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll_width, client_width = visit.page.evaluate(widths)
    assert scroll_width <= client_width
