"""An administrator looks around in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import User
from accounts.services.sample_organisation import ADMINISTRATOR
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_index_and_a_user_are_shown(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    visit.open("/admin/")
    page.get_by_label("Correo electrónico").fill(ADMINISTRATOR)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("link", name="Usuarios", exact=True).first).to_be_visible()

    visit.open(f"/admin/accounts/user/{sample[ADMINISTRATOR].id}/change/")

    page.locator(".tabs").get_by_role("link", name="Token").click()
    expect(page.locator("#token-claims")).to_contain_text("permisos_especiales")


def test_dangerous_change_asks_for_the_password_and_keeps_the_form(
    visit: Visit, sample: dict[str, User]
) -> None:
    visit.sign_in(ADMINISTRATOR)
    for session in Session.objects.all():
        data = SessionStore(session.session_key)
        data["authsite_password_at"] -= 600
        data.save()
    page = visit.page
    visit.open("/admin/accounts/user/add/")
    page.get_by_label("Correo electrónico:").fill("nueva@example.com")
    page.get_by_label("Nombre:").fill("Nueva «Ñ» & <Cía>")
    page.locator("#id_ui_preferences").fill('{"theme":\n "dark"}')
    page.locator("#id_special_permissions").check()
    page.locator("[name=_continue]").click()

    page.get_by_label("Su contraseña").fill("wrong")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("Esta no es su contraseña actual.")).to_be_visible()
    page.get_by_label("Su contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar").click()

    expect(page.locator(".messagelist .success").first).to_be_visible()
    new = User.objects.get(email="nueva@example.com")
    assert page.url.endswith(f"/admin/accounts/user/{new.pk}/change/")
    assert (new.name, new.ui_preferences) == ("Nueva «Ñ» & <Cía>", {"theme": "dark"})
    assert new.special_permissions
