"""A visit with a browser, which remembers everything that should not have happened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import ViewportSize, expect

from tests.factories import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

PHONE: ViewportSize = {"width": 390, "height": 844}
_HEAR_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
"""
_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@dataclass
class Visit:
    """One tab at one server; ``refusals`` are the HTTP errors that the test means to get."""

    page: Page
    host: str
    refusals: set[int] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, context: BrowserContext, url: str) -> Visit:
        """Open a tab, and listen."""
        context.add_init_script(_HEAR_VIOLATIONS)
        visit = cls(context.new_page(), urlsplit(url).netloc)
        visit.page.set_default_timeout(15_000)
        visit.page.on("console", visit._hear)
        visit.page.on("pageerror", lambda error: visit.surprises.append(f"page error: {error}"))
        visit.page.on("request", visit._follow)
        return visit

    def open(self, path: str, *, status: int = 200) -> None:
        """Go to an address that must answer ``status``."""
        if status >= 400:
            self.refusals.add(status)
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status

    def sign_in(self, email: str, *, path: str = "/api/v1/") -> None:
        """Sign in by the header of the browsable API, and come back to ``path``."""
        self.page.goto(path)
        self.page.get_by_role("banner").get_by_role("link", name="Iniciar sesión").click()
        self.page.get_by_label("Correo electrónico").fill(email)
        self.page.get_by_label("Contraseña").fill(PASSWORD)
        self.page.get_by_role("button", name="Iniciar sesión").click()
        expect(self.page.get_by_role("banner")).to_contain_text(email)

    def sign_in_to_admin(self, email: str, password: str = PASSWORD) -> None:
        """Sign in by the admin's own page."""
        self.page.goto("/admin/")
        self.page.locator("[name=username]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("#login-form [type=submit]").click()
        expect(self.page.locator("#sidebar")).to_be_attached()

    def _hear(self, message: ConsoleMessage) -> None:
        refusal = _REFUSAL.match(message.text)
        is_meant = refusal is not None and int(refusal[1]) in self.refusals
        if message.type in {"error", "warning"} and not is_meant:
            self.surprises.append(f"console: {message.text} ({message.location.get('url')})")

    def _follow(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self.host:
            self.surprises.append(f"foreign host: {request.url}")
