"""An administrator saves a filter and gives a role with a reason, by phone; and reads audiences and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.audiences.models import Audience
from accounts.services.sample_organisation import ADMINISTRATOR

if TYPE_CHECKING:
    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TABS = ("Acceso", "Versiones", "Claves y credenciales", "Sesiones", "Para desarrolladores", "Historial")
WHO = "editora@example.com"
WHY = "Tique 4711: <traslado> & «ñ»"


def is_within_the_screen(visit: Visit) -> bool:
    """Tell whether nothing has to be scrolled sideways."""
    return bool(visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_filter_is_saved_and_a_role_given_and_why_by_phone(visit: Visit, sample: dict[str, User]) -> None:
    visit.sign_in(ADMINISTRATOR)
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open(f"/admin/accounts/user/?q={WHO}")
    page.get_by_text("Guardar este filtro").click()
    page.get_by_label("Nombre").fill("Eva")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator(".messagelist .success")).to_contain_text("El filtro se ha guardado.")

    visit.open("/admin/accounts/user/")
    page.get_by_role("link", name="Eva").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    assert is_within_the_screen(visit)
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("assign_role")
    page.locator("button[name=index]").click()
    page.locator("#id_role").select_option(label="Lectura (lector)")
    page.get_by_label("Por qué").fill(WHY)
    assert is_within_the_screen(visit)
    page.get_by_role("button", name="Asignar un rol").click()
    expect(page.get_by_label("Por qué")).to_have_value(WHY)
    assert is_within_the_screen(visit)
    page.get_by_role("button", name="Hacer este cambio").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Asignar un rol")

    visit.open(f"/admin/accounts/user/{sample[WHO].pk}/history/")
    expect(page.locator(".timeline li").first).to_contain_text(f"asignó el rol lector a {WHO}")
    expect(page.locator(".timeline li").first.locator("q")).to_have_text(WHY)
    assert is_within_the_screen(visit)


@pytest.mark.parametrize("width", [390, 1280])
def test_audiences_keys_and_events_fit_the_screen(visit: Visit, sample: dict[str, User], width: int) -> None:
    assert sample
    visit.sign_in(ADMINISTRATOR)
    page = visit.page
    page.set_viewport_size({"width": width, "height": 844})
    own = Audience.objects.get(code="api-mi-aplicacion")
    visit.open(f"/admin/audiences/audience/{own.pk}/change/")
    for tab in TABS:
        assert is_within_the_screen(visit), tab
        page.locator(".tabs").get_by_role("link", name=tab).click()
        expect(page.locator(".tabs [aria-current=page]")).to_have_text(tab)

    visit.open("/admin/keys/signingkey/")
    expect(page.locator(".key-life").first).to_contain_text("Firma desde")
    assert is_within_the_screen(visit)
    page.locator(".key-life").first.get_by_role("button", name="Revocar").click()
    expect(page.locator("#content")).to_contain_text("No se puede deshacer")

    visit.open("/admin/audit/auditevent/")
    assert is_within_the_screen(visit)
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".event-sentence")).to_contain_text("entró con el navegador")
    page.get_by_text("Tal como está guardado (JSON)").click()
    expect(page.locator("details pre")).to_contain_text("browser_session.started")
    assert is_within_the_screen(visit)
