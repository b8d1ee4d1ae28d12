"""An administrator looks around in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User
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

    expect(page.locator("body")).to_contain_text("permisos_especiales")
