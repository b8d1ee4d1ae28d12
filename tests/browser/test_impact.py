"""An administrator reads what a change does, thinks again, and makes another; no script is needed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.services.sample_organisation import ADMINISTRATOR

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WHO = "editora@example.com"


def test_impact_is_read_and_the_form_found_again(visit: Visit, sample: dict[str, User]) -> None:
    visit.sign_in(ADMINISTRATOR)
    page = visit.page
    visit.open(f"/admin/accounts/user/{sample[WHO].pk}/change/")
    page.locator("#id_special_permissions").check()
    page.get_by_label("Nombre:").fill("Eva «Ñ» & <Cía>")
    page.locator("[name=_continue]").click()

    expect(page.get_by_role("heading", name="Qué hace este cambio")).to_be_visible()
    expect(page.locator(".impact-people")).to_contain_text("custom_data.permisos_especiales: false → true")
    page.get_by_role("button", name="No, volver").click()
    expect(page.get_by_label("Nombre:")).to_have_value("Eva «Ñ» & <Cía>")
    expect(page.locator("#id_special_permissions")).to_be_checked()
    page.locator("#id_is_active").uncheck()
    page.locator("[name=_continue]").click()
    expect(page.locator(".impact-people")).to_contain_text("ya no puede iniciar sesión")
    page.get_by_role("button", name="Hacer este cambio").click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    eva = User.objects.get(pk=sample[WHO].pk)
    assert (eva.is_active, eva.name) == (False, "Eva «Ñ» & <Cía>")


def test_bulk_change_without_scripts(
    visit: Visit, chromium: Browser, live_server: LiveServer, sample: dict[str, User]
) -> None:
    visit.sign_in(ADMINISTRATOR)
    state = visit.page.context.storage_state()
    context = chromium.new_context(
        base_url=live_server.url, locale="es-ES", java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto(f"/admin/accounts/user/?q={WHO}")
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("assign_role")
    page.locator("button[name=index]").click()
    page.locator("#id_role").select_option(label="Lectura (lector)")
    page.get_by_role("button", name="Asignar un rol").click()
    page.get_by_role("button", name="No, volver").click()
    page.get_by_role("button", name="Asignar un rol").click()
    expect(page.locator(".impact-people")).to_contain_text("user_roles: +lector")
    page.get_by_role("button", name="Hacer este cambio").click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    assert "lector" in sample[WHO].role_codes()
    context.close()
