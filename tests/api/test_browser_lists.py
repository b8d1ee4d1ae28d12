"""Lists in the browsable API: the form that narrows them, links to their rows, and mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.pages import Element, read_page
from tests.api.test_browser import signed_in
from tests.api.test_browser_directory import DIRECTORY
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

USERS = "/api/v1/users/"
ROLES = "/api/v1/roles/"


def filters(page: Element) -> Element:
    """Return the form that searches, filters and orders."""
    return page.one("details", class_="filters").one("form")


def labels(page: Element) -> list[str]:
    return [label.text for label in filters(page).all("label")]


def given(page: Element) -> dict[str, str]:
    """Return what stands in the form, by parameter."""
    form = filters(page)
    typed = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}
    chosen = {
        select.attributes["name"]: option.attributes["value"]
        for select in form.all("select")
        for option in select.all("option")
        if "selected" in option.attributes
    }
    return typed | chosen


@pytest.mark.parametrize("path", DIRECTORY)
def test_form_begins_empty_and_closed(alice: User, path: str) -> None:
    page = read_page(signed_in(alice), path)

    assert set(given(page).values()) <= {""}
    assert "open" not in page.one("details", class_="filters").attributes
    for select in filters(page).all("select"):
        assert select.all("option")[0].attributes["value"] == ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (ROLES, ["Buscar", "Retirado", "Orden"]),
        (
            USERS,
            [
                "Buscar",
                "Rol (código)",
                "Departamento (código)",
                "Organización (código)",
                "Activo",
                "Permisos especiales",
                "Orden",
            ],
        ),
        (
            "/api/v1/audit-events/",
            [
                "Buscar",
                "Tipo de evento",
                "Clase de objeto",
                "Objeto (id)",
                "Autor (id)",
                "Organización (código)",
                "Desde",
                "Hasta",
                "Orden",
            ],
        ),
    ],
)
def test_form_speaks_the_language_of_the_person(alice: User, path: str, expected: list[str]) -> None:
    assert labels(read_page(signed_in(alice), path)) == expected


def test_orders_are_called_as_the_fields_are(alice: User) -> None:
    options = filters(read_page(signed_in(alice), USERS)).one("select", name="ordering").all("option")

    assert [option.text for option in options] == [
        "El habitual",
        "Correo electrónico, ascendente",
        "Correo electrónico, descendente",
        "Nombre, ascendente",
        "Nombre, descendente",
        "Fecha de creación, ascendente",
        "Fecha de creación, descendente",
    ]


def test_search_filters_and_order_are_kept_together(alice: User) -> None:
    query = {"search": "alice", "role": "admin", "is_active": "true", "ordering": "name,-email"}
    path = f"{USERS}?page_size=5&" + "&".join(f"{name}={value}" for name, value in query.items())

    page = read_page(signed_in(alice), path)

    assert {name: value for name, value in given(page).items() if value} == query | {"page_size": "5"}
    assert "open" in page.one("details", class_="filters").attributes
    assert filters(page).one("a").attributes["href"] == USERS


def test_each_row_of_a_list_is_a_link_to_it(alice: User) -> None:
    RoleFactory.create(code="old", label="Old", retired_at="2026-01-01T00:00:00Z")
    gone = UserFactory.create(email="gone@example.org", is_active=False)
    browser = signed_in(alice)

    roles, people = (read_page(browser, path).one("ul", class_="rows") for path in (ROLES, USERS))

    links = {each.text: each.attributes["href"] for each in roles.all("a") + people.all("a")}
    assert links["Old (old)"] == f"{ROLES}old/"
    assert links[gone.email] == f"{USERS}{gone.pk}/"
    assert [note.text for note in roles.all("span")] == ["retirado"]
    assert [note.text for note in people.all("span")] == ["cuenta inactiva"]
    for address in links.values():
        read_page(browser, address)


def test_own_devices_are_links_too(alice: User) -> None:
    browser = signed_in(alice)
    browser.log_in(alice.email, device={"name": "Pixel 9"})
    browser.token = ""

    (link,) = read_page(browser, "/api/v1/auth/sessions/").one("ul", class_="rows").all("a")

    assert read_page(browser, link.attributes["href"]).one("h1").text == link.text
    assert link.text.startswith("Pixel 9")


def test_form_for_a_new_row_is_reached_from_the_top_and_leads_to_it(alice: User) -> None:
    browser = signed_in(alice)

    page = read_page(browser, ROLES)
    made = read_page(browser, ROLES, method="POST", body={"code": "new", "label": "New"}, status=201)

    assert page.one("form", id="post-form").one("button", type="submit").text == "Crear"
    assert page.one("a", href="#post").text == "Crear"
    assert made.one("div", role="status").one("a", href=f"{ROLES}new/").text == "New (new)"


def test_mistaken_query_is_said_at_the_top_with_the_form_as_it_was(alice: User) -> None:
    browser = signed_in(alice)

    unknown = read_page(browser, f"{USERS}?nope=1&role=editor", status=400)
    invalid = read_page(browser, f"{USERS}?is_active=zz&role=editor", status=400)

    assert unknown.one("div", role="alert").sentences() == ["nope: No existe ese parámetro."]
    assert invalid.one("div", role="alert").sentences()[0].startswith("is_active: ")
    for page in (unknown, invalid):
        assert given(page)["role"] == "editor"
        assert page.all("section", id="post") == []
        assert "al lado de los campos" not in page.text
    assert filters(invalid).one("select", name="is_active").attributes["aria-invalid"] == "true"


def test_refused_list_has_no_form(alice: User) -> None:
    alice.roles.clear()
    browser = signed_in(alice)

    page = read_page(browser, USERS, status=403)

    assert page.all("details", class_="filters") + page.all("section", id="post") == []


@pytest.mark.parametrize(
    ("resource", "may_create"),
    [("users", True), ("departments", True), ("roles", False), ("tenants", False), ("audiences", False)],
)
def test_administrator_of_a_tenant_is_offered_what_is_theirs(
    alice: User, resource: str, *, may_create: bool
) -> None:
    boss = UserFactory.create(email="boss@example.org", roles=["admin"], tenant=TenantFactory.create())

    page = read_page(signed_in(boss), f"/api/v1/{resource}/")

    assert bool(page.all("form", id="post-form")) is may_create
