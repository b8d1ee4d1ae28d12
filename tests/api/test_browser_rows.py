"""Rows in the browsable API: pages that name them, and actions that are offered where they apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audiences.models import Audience
from tests.api.pages import Element, read_page
from tests.api.test_browser import signed_in
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

ROLE = "/api/v1/roles/lector/"


@pytest.fixture(autouse=True)
def lector(db: None) -> None:
    """Create the role that most pages here are about."""
    RoleFactory.create(code="lector", label="Lectura")


def buttons(page: Element) -> set[str]:
    """Return the links beside each other at the top."""
    return {link.text for link in page.one("div", class_="actions").all("a")}


def crumbs(page: Element) -> list[str]:
    nav = page.one("nav", class_="crumbs")
    return [each.text for each in nav.inner]


def test_page_of_a_row_names_it(alice: User, bob: User) -> None:
    browser = signed_in(alice)

    person = read_page(browser, f"/api/v1/users/{bob.pk}/")
    role = read_page(browser, ROLE)

    assert person.one("h1").text == "bob@example.org"
    assert person.one("title").text.startswith("bob@example.org ")
    assert person.one("p", class_="kind").text == "Usuario"
    assert crumbs(person) == ["API", "Usuarios", "bob@example.org"]
    assert crumbs(role) == ["API", "Roles", "Lectura (lector)"]


def test_deletion_names_the_row_and_says_what_goes(alice: User, bob: User) -> None:
    dialog = read_page(signed_in(alice), f"/api/v1/users/{bob.pk}/").one("dialog", id="delete")

    assert dialog.one("h2").text == "¿Eliminar «bob@example.org»?"
    assert "todas sus sesiones" in dialog.text


def test_deletion_of_own_account_is_not_offered(alice: User) -> None:
    assert read_page(signed_in(alice), f"/api/v1/users/{alice.pk}/").all("dialog") == []


def test_only_the_action_that_changes_something_is_offered(alice: User) -> None:
    browser = signed_in(alice)

    assert {"Retirar", "Restaurar"} & buttons(read_page(browser, ROLE)) == {"Retirar"}
    done = read_page(browser, f"{ROLE}retire/", method="POST")

    assert "Ya no está vigente." in done.one("div", role="status").text
    assert done.one("a", href=ROLE, class_="button quiet").text == "Volver a Lectura (lector)"
    assert done.all("form", data_method="POST") == []
    assert buttons(done) == {"Volver a Lectura (lector)", "Restaurar"}
    assert {"Retirar", "Restaurar"} & buttons(read_page(browser, ROLE)) == {"Restaurar"}


def test_page_of_an_action_says_what_will_happen_to_which_row(alice: User) -> None:
    page = read_page(signed_in(alice), f"{ROLE}retire/", status=405)

    assert page.one("h1").text == "Retirar: Lectura (lector)"
    assert crumbs(page) == ["API", "Roles", "Lectura (lector)", "Retirar"]
    assert page.one("p", class_="lead").text.startswith("Deja de estar vigente")
    assert page.one("form", data_method="POST").one("button").text == "Retirar"
    assert "rellene el formulario" not in page.text


def test_page_of_an_action_that_does_not_apply_has_no_button(alice: User) -> None:
    browser = signed_in(alice)

    in_force = read_page(browser, f"{ROLE}restore/", status=405)
    nobody = read_page(browser, "/api/v1/roles/nobody/retire/", status=405)

    assert "Ya está vigente: no hay nada que hacer." in in_force.one("div", role="status").text
    assert "En esta dirección no hay nada" in nobody.one("div", role="status").text
    for page in (in_force, nobody):
        assert page.all("form", data_method="POST") == []


@pytest.mark.parametrize(("roles", "code", "status"), [(["admin"], "nobody", 404), ([], "lector", 403)])
def test_nothing_is_offered_where_nothing_is_shown(
    roles: list[str], code: str, status: int, db: None
) -> None:
    person = UserFactory.create(roles=roles)

    page = read_page(signed_in(person), f"/api/v1/roles/{code}/", status=status)

    assert {"Retirar", "Restaurar"} & buttons(page) == set()
    assert page.all("form", data_method="PATCH") + page.all("dialog") == []
    assert "Lectura" not in page.text


@pytest.mark.parametrize("path", [ROLE, "/api/v1/audiences/reports/", "/api/v1/tenants/ours/"])
def test_administrator_of_a_tenant_only_reads_what_belongs_to_everybody(path: str) -> None:
    Audience.objects.create(code="reports", label="Reports")
    boss = UserFactory.create(roles=["admin"], tenant=TenantFactory.create(code="ours"))

    page = read_page(signed_in(boss), path)
    action = read_page(signed_in(boss), f"{path}retire/", status=405)

    assert buttons(page) == {"Recargar", "JSON"}
    assert page.all("form", data_method="PATCH") + action.all("form", data_method="POST") == []
    assert action.one("div", role="status").text.strip() == "No puede hacer este cambio."


def test_administrator_of_a_tenant_writes_its_departments_and_people() -> None:
    tenant = TenantFactory.create()
    boss = UserFactory.create(roles=["admin"], tenant=tenant)
    person = UserFactory.create(tenant=tenant)
    DepartmentFactory.create(code="ventas", tenant=tenant)
    superuser = UserFactory.create(tenant=tenant, is_superuser=True)

    for path in ("/api/v1/departments/ventas/", f"/api/v1/users/{person.pk}/"):
        assert read_page(signed_in(boss), path).all("form", data_method="PATCH"), path
    assert read_page(signed_in(boss), f"/api/v1/users/{superuser.pk}/").all("form", data_method="PATCH") == []


def test_refusal_says_what_its_problem_says() -> None:
    boss = UserFactory.create(roles=["admin"], tenant=TenantFactory.create())

    page = read_page(signed_in(boss), ROLE, method="PATCH", body={"label": "Mine"}, status=403)

    assert "Los roles, las organizaciones y las audiencias son de todos" in page.one("div", role="alert").text


def test_refused_deletion_says_why_at_the_top(alice: User) -> None:
    page = read_page(signed_in(alice), f"/api/v1/users/{alice.pk}/", method="DELETE", status=400)

    assert "otro administrador" in " ".join(page.one("div", role="alert").sentences())


def test_ticked_roles_come_first(alice: User) -> None:
    person = UserFactory.create(roles=["lector"])

    page = read_page(signed_in(alice), f"/api/v1/users/{person.pk}/")
    roles = page.one("form", id="patch-form").fields()["roles"].all("input")

    assert ["checked" in each.attributes for each in roles] == [True, False, False]
    assert roles[0].attributes["value"] == '"lector"'
