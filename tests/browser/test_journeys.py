"""What administrators do, from end to end, with the app of the person concerned at the other end.

The pictures of the README and of the docs are taken on the way: `make pictures` keeps them.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts.services.sample_organisation import ADMINISTRATOR
from tests.accounts.mailed import link_in, mail_to
from tests.browser.pictures import take
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import APIResponse, Locator, Page

    from accounts.models import User
    from tests.browser.visits import Visit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CHIEF = "jefa@empresa123.example.com"
NEW = "nadia.nueva@example.com"
NEW_PASSWORD = "faro pizarra membrillo tango"
PROMISED_SECONDS = 2
PHONE = {"name": "Pixel 9 de Julia", "platform": "Android 16"}


class App:
    """A mobile app that somebody is logged in to."""

    def __init__(self, visit: Visit, email: str, password: str, **device: str) -> None:
        self._request = visit.page.context.request
        body: dict[str, Any] = {"email": email, "password": password}
        answer = self._send("login", body | ({"device": device} if device else {}))
        assert answer.status == 200, answer.text()
        self._keep(answer)

    def refused(self) -> dict[str, Any]:
        """Ask until the token is refused, which may take two seconds (design.md §6); return the answer."""
        until = monotonic() + PROMISED_SECONDS
        while (answer := self.roles())[0] == 200 and monotonic() < until:
            sleep(0.1)
        status, said = answer
        assert status == 401
        return said

    def roles(self) -> tuple[int, dict[str, Any]]:
        """Ask the protected example; return the status and the answer."""
        answer = self._request.get(
            "/api/v1/user-data/", headers={"Authorization": f"Bearer {self.token}", "Cookie": ""}
        )
        return answer.status, answer.json()

    def refresh(self) -> tuple[int, dict[str, Any]]:
        """Refresh, and keep what comes."""
        answer = self._send("refresh", {"refresh": self._refresh})
        if answer.ok:
            self._keep(answer)
        return answer.status, answer.json()

    def kid(self) -> str:
        """Return what key the token says it is signed with."""
        answer = self._request.get(
            "/api/v1/auth/token/", headers={"Authorization": f"Bearer {self.token}", "Cookie": ""}
        )
        kid: str = answer.json()["header"]["kid"]
        return kid

    def _send(self, what: str, body: dict[str, Any]) -> APIResponse:
        return self._request.post(f"/api/v1/auth/{what}/", data=body, headers={"Cookie": ""})

    def _keep(self, answer: APIResponse) -> None:
        self.token, self._refresh = answer.json()["token"], answer.json()["refresh"]


def tab(page: Page, path: str) -> Locator:
    """Return the tab that leads to ``path`` of the row."""
    return page.locator(f".tabs a[href$='/{path}/']")


def confirm(page: Page) -> None:
    """Press the button of the page that asks once more."""
    page.locator(".submit-row .default").click()


def test_first_sign_in_shows_what_is_left_to_set_up(
    visit: Visit, sample: dict[str, User], folder: Path
) -> None:
    page = visit.page
    page.goto("/admin/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_role("button", name="Español").click()
    page.get_by_label("Correo electrónico").fill(ADMINISTRATOR)
    page.get_by_label("Contraseña").fill("not the password")
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.locator(".errornote")).to_be_visible()
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Resumen")).to_be_visible()
    expect(page.locator(".checklist li.is-done").first).to_be_visible()
    expect(page.locator(".checklist li:not(.is-done)").first).to_be_visible()
    for day in range(3):
        App(visit, CHIEF, PASSWORD, name=f"Portátil {day}", platform="Linux")
    page.reload()
    take(visit, folder / "admin-overview.png", height=1100)


def test_person_is_created_with_roles_and_their_token_read(
    visit: Visit, sample: dict[str, User], folder: Path
) -> None:
    page = visit.page
    visit.sign_in_to_admin(ADMINISTRATOR)
    page.get_by_role("link", name="Usuarios", exact=True).click()
    page.get_by_role("link", name="Añadir usuario").click()
    page.get_by_label("Correo electrónico:").fill(NEW)
    page.get_by_label("Nombre:").fill("Nadia Nueva")
    page.locator(".field-roles .select2-selection").click()
    for role in ("admin", "editor"):
        page.locator(".field-roles .select2-search__field").fill(role)
        page.locator(".select2-results__option", has_text=f"({role})").click()
    page.locator("[name=_continue]").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()

    tab(page, "roles").click()
    expect(page.locator("table").first).to_contain_text(ADMINISTRATOR)
    tab(page, "token").click()
    expect(page.locator("#token-claims")).to_contain_text('"editor"')
    take(visit, folder / "admin-user.png", height=1100)

    visit.page.context.new_page()
    visit.open(link_in(mail_to(NEW)))
    page.get_by_label("Contraseña nueva", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Contraseña nueva, otra vez").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Establecer contraseña").click()
    expect(page.get_by_role("heading", name="Su contraseña está establecida")).to_be_visible()
    status, said = App(visit, NEW, NEW_PASSWORD).roles()
    assert (status, said["permisos"]) == (200, ["admin", "editor"])


def test_role_is_taken_away_and_the_session_goes_stale(
    visit: Visit, sample: dict[str, User], folder: Path
) -> None:
    page = visit.page
    app = App(visit, CHIEF, PASSWORD, **PHONE)
    assert app.roles()[0] == 200
    visit.sign_in_to_admin(ADMINISTRATOR)
    visit.open(f"/admin/accounts/user/{sample[CHIEF].pk}/roles/")
    page.locator("tr", has_text="(admin)").or_(
        page.locator("tr", has=page.get_by_text("admin", exact=True))
    ).first.locator("a.button").click()
    confirm(page)
    expect(page.get_by_role("heading", name="Qué hace este cambio")).to_be_visible()
    expect(page.locator(".impact")).to_contain_text(CHIEF)
    take(visit, folder / "impact-page.png", height=760)
    confirm(page)
    expect(page.locator(".messagelist .success").first).to_be_visible()

    tab(page, "devices").click()
    card = page.locator(".card", has_text=PHONE["name"])
    expect(card.locator(".badge.is-warn")).to_be_visible()
    expect(card.locator(".differences")).to_contain_text("user_roles")
    take(visit, folder / "admin-devices.png", height=860)
    assert app.refused()["action"] == "refresh"
    assert app.refresh()[0] == 200
    assert app.roles()[0] == 403
    page.reload()
    expect(card.locator(".badge.is-good")).to_be_visible()


def test_key_is_rotated_and_nobody_is_logged_out(visit: Visit, sample: dict[str, User], folder: Path) -> None:
    page = visit.page
    app = App(visit, ADMINISTRATOR, PASSWORD)
    before = app.kid()
    visit.sign_in_to_admin(ADMINISTRATOR)
    page.get_by_role("link", name="Claves de firma", exact=True).first.click()
    page.get_by_role("link", name="Añadir clave de firma").click()
    page.get_by_label("Algoritmo").select_option("ES256")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    page.locator(".stage form", has=page.locator("[value=promote_selected]")).locator("button").click()
    page.locator("[name=although_unpublished]").check()
    confirm(page)
    expect(page.locator(".messagelist .success").first).to_be_visible()

    visit.open("/admin/keys/signingkey/")
    take(visit, folder / "admin-keys.png", height=860)
    assert app.roles()[0] == 200
    assert app.refresh()[0] == 200
    assert app.kid() != before
    keys = page.context.request.get("/.well-known/jwks.json").json()["keys"]
    assert {before, app.kid()} <= {key["kid"] for key in keys}


def test_stolen_device_is_shut_out(visit: Visit, sample: dict[str, User]) -> None:
    page = visit.page
    stolen = App(visit, CHIEF, PASSWORD, **PHONE)
    other = App(visit, CHIEF, PASSWORD, name="Portátil", platform="Linux")
    visit.sign_in_to_admin(ADMINISTRATOR)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    expect(page.locator("#finder")).to_be_focused()
    page.keyboard.type("jefa@")
    page.keyboard.press("Enter")
    page.locator(".found").get_by_role("link", name=CHIEF).click()
    tab(page, "devices").click()
    page.locator(".card", has_text=PHONE["name"]).locator("a.button").click()
    expect(page.locator("#content")).to_contain_text(PHONE["name"])
    confirm(page)
    expect(page.locator(".messagelist .success").first).to_be_visible()
    expect(page.locator(".cards .card")).to_have_count(1)

    assert stolen.refused()["action"] == "login"
    assert stolen.refresh()[1]["code"] == "session_ended"
    assert other.roles()[0] == 200
    tab(page, "timeline").click()
    expect(page.locator(".timeline")).to_contain_text(PHONE["name"])
