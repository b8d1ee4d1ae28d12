"""A person narrows a list, retires a row, and comes with a browser that runs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from accounts.services.sample_organisation import ADMINISTRATOR

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.visits import Visit

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("sample"),
]

USERS = "/api/v1/users/"


def test_search_and_filters_go_together_and_stay_in_sight(visit: Visit) -> None:
    visit.sign_in(ADMINISTRATOR)
    visit.open(USERS)
    page = visit.page

    page.get_by_text("Buscar, filtrar y ordenar").click()
    page.get_by_label("Rol (código)").fill("admin")
    page.get_by_role("button", name="Mostrar").click()
    page.get_by_label("Buscar").fill("jefa")
    page.get_by_role("button", name="Mostrar").click()

    expect(page.get_by_role("list", name="Filas").get_by_role("link")).to_have_count(1)
    expect(page.get_by_label("Rol (código)")).to_have_value("admin")
    assert page.url.endswith(f"{USERS}?search=jefa&role=admin")
    page.get_by_role("link", name="Mostrar todo").click()
    expect(page.get_by_label("Rol (código)")).to_be_hidden()


def test_row_is_retired_and_restored(visit: Visit) -> None:
    visit.refusals.add(405)
    visit.sign_in(ADMINISTRATOR)
    visit.open("/api/v1/roles/")
    page = visit.page

    page.get_by_role("link", name="Lectura (lector)").click()
    page.get_by_role("link", name="Retirar").click()
    page.get_by_role("button", name="Retirar").click()
    expect(page.get_by_text("Ya no está vigente.")).to_be_visible()
    assert Role.objects.get(code="lector").retired_at is not None

    page.get_by_role("link", name="Restaurar").click()
    page.get_by_role("button", name="Restaurar").click()
    expect(page.get_by_text("Vuelve a estar vigente.").last).to_be_visible()
    page.get_by_role("link", name="Volver a Lectura (lector)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lectura (lector)")
    assert Role.objects.get(code="lector").retired_at is None


def test_without_its_script_a_form_sends_nothing(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(base_url=live_server.url, locale="es-ES", java_script_enabled=False)
    page = context.new_page()
    page.goto("/api/v1/auth/login/")
    address = page.url

    page.get_by_label("Contraseña").fill("secret")
    page.get_by_label("Contraseña").press("Enter")

    expect(page.get_by_role("button", name="Enviar")).to_be_disabled()
    assert page.url == address
    context.close()
