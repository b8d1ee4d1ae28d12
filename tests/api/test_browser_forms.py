"""The forms of the browsable API: what they offer, what stands in them, and what is never shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.api.client import ApiClient
from tests.api.pages import Element, page_of, read_page
from tests.api.test_browser import signed_in
from tests.factories import PASSWORD, RoleFactory

if TYPE_CHECKING:
    from accounts.models import User

every_control = pytest.mark.urls("tests.api.every_control")

EVERY = "/api/every/"
LOGIN = "/api/v1/auth/login/"
ME = "/api/v1/me/"


def options(field: Element) -> list[str]:
    return [each.attributes["value"] for each in field.all("option")]


def chosen(field: Element) -> list[str]:
    return [each.attributes["value"] for each in field.all("option") if "selected" in each.attributes]


@pytest.mark.parametrize("method", ["post", "patch"])
@every_control
def test_each_field_has_its_control(api: ApiClient, method: str) -> None:
    RoleFactory.create(code="admin")

    fields = read_page(api, EVERY).one("form", id=f"{method}-form").fields()

    assert {name: field.attributes["data-kind"] for name, field in fields.items()} == {
        "title": "text",
        "nickname": "text",
        "contact": "email",
        "secret": "password",
        "amount": "integer",
        "ratio": "number",
        "is_open": "checkbox",
        "verdict": "select",
        "colour": "select",
        "level": "select",
        "role": "select",
        "roles": "choices",
        "tags": "choices",
        "memo": "textarea",
        "extra": "json",
        "rows": "json",
        "inner": "group",
        "note": "text",
        "depth": "integer",
    }


@every_control
def test_choices_are_json_so_that_null_and_numbers_stay_apart(api: ApiClient) -> None:
    RoleFactory.create(code="admin")

    fields = read_page(api, EVERY).one("form", id="post-form").fields()

    assert options(fields["verdict"]) == ["null", "true", "false"]
    assert options(fields["colour"]) == ["null", '"red"', '"blue"']
    assert options(fields["level"]) == ["", "1", "2"]
    assert options(fields["role"]) == ["null", '"admin"']
    assert [each.attributes["value"] for each in fields["roles"].all("input")] == ['"admin"']
    assert chosen(fields["colour"]) == ["null"]


@every_control
def test_form_for_something_new_begins_with_the_defaults(api: ApiClient) -> None:
    page = read_page(api, EVERY)
    fields = page.one("form", id="post-form").fields()

    assert "checked" in fields["is_open"].one("input").attributes
    assert next(iter(fields)) == "title"
    assert "data-required" in fields["title"].attributes
    assert "What it is <called>." in fields["title"].text
    assert json.loads(page.one("textarea", id="post-raw-body").text) == {
        "title": "",
        "is_open": True,
        "amount": None,
        "verdict": None,
        "colour": None,
        "role": None,
        "roles": [],
        "memo": "",
        "rows": [],
        "inner": {"note": "", "depth": None},
    }


@every_control
def test_form_for_a_change_begins_with_what_is_held(api: ApiClient) -> None:
    page = read_page(api, EVERY)
    fields = page.one("form", id="patch-form").fields()

    assert fields["title"].one("input").attributes["value"] == "Held"
    assert "data-required" not in fields["title"].attributes
    assert fields["amount"].one("input").attributes["value"] == "3"
    assert "checked" not in fields["is_open"].one("input").attributes
    assert chosen(fields["level"]) == ["2"]
    assert chosen(fields["colour"]) == ['"blue"']
    assert json.loads(fields["extra"].one("textarea").text) == {"b": [1, None], "a": "<x>"}
    raw = json.loads(page.one("textarea", id="patch-raw-body").text)
    assert raw["inner"] == {"note": "", "depth": 4}
    assert {"id", "hidden", "secret"}.isdisjoint(raw)


@every_control
def test_action_without_a_body_is_a_button(api: ApiClient) -> None:
    page = read_page(api, "/api/button/", status=405)

    form = page.one("form", data_method="POST")
    assert form.all("input") + form.all("textarea") == []
    assert len(form.all("button", type="submit")) == 1


@every_control
def test_list_is_written_as_json(api: ApiClient) -> None:
    form = read_page(api, "/api/list/", status=405).one("form", data_method="POST")

    assert form.one("textarea").text == "[]"


@pytest.mark.parametrize(("path", "status"), [("/api/denied/", 401), ("/api/formless/", 200)])
@every_control
def test_no_form_without_permission_or_serializer(api: ApiClient, path: str, status: int) -> None:
    page = read_page(api, path, status=status)

    assert not [form for form in page.all("form") if "data-method" in form.attributes]


@every_control
def test_answer_is_readable_and_escaped(api: ApiClient) -> None:
    (answer,) = read_page(api, "/api/formless/").all("pre")

    assert json.loads(answer.text)["x"] == "</pre>"
    assert [link.attributes["href"] for link in answer.all("a")] == ["https://example.org/?a=1&b=2"]


@every_control
def test_deletion_is_offered_with_a_dialog(api: ApiClient) -> None:
    assert read_page(api, EVERY).one("dialog", id="delete").all("form", data_method="DELETE")
    assert read_page(api, EVERY, method="DELETE").all("dialog") == []


def test_profile_offers_what_one_may_change(alice: User) -> None:
    page = read_page(signed_in(alice), ME)

    assert list(page.one("form", id="patch-form").fields()) == ["name", "locale", "ui_preferences"]
    raw = json.loads(page.one("textarea", id="patch-raw-body").text)
    assert raw == {"name": alice.name, "locale": "es", "ui_preferences": {}}
    assert page.all("form", id="post-form") == []


def test_raw_form_as_it_is_shown_is_accepted(alice: User) -> None:
    browser = signed_in(alice)
    body = json.loads(read_page(browser, ME).one("textarea", id="patch-raw-body").text)

    read_page(browser, ME, method="PATCH", body=body)


def test_errors_stand_beside_their_fields_with_what_was_typed(alice: User) -> None:
    page = read_page(
        signed_in(alice), ME, method="PATCH", body={"name": "", "ui_preferences": [1]}, status=400
    )

    form = page.one("form", id="patch-form")
    fields = form.fields()
    assert fields["name"].sentences() == ["Este campo no puede estar en blanco."]
    assert fields["name"].attributes["data-initial"] == json.dumps(alice.name)
    assert fields["name"].one("input").attributes["value"] == ""
    assert fields["name"].one("input").attributes["aria-invalid"] == "true"
    assert fields["locale"].sentences() == []
    assert chosen(fields["locale"]) == ['"es"']


def test_error_of_no_field_stands_above_the_form(alice: User) -> None:
    page = read_page(signed_in(alice), ME, method="PATCH", body={"nonsense": 1}, status=400)

    assert page.one("form", id="patch-form").sentences() == ["nonsense: No existe ese campo."]
    assert page.one("form", id="patch-raw").sentences() == ["nonsense: No existe ese campo."]


def test_error_of_an_inner_field_stands_beside_it(api: ApiClient) -> None:
    body = {"email": "a@example.org", "password": PASSWORD, "device": {"name": 5}}

    page = read_page(api, LOGIN, method="POST", body=body, status=400)

    device = page.one("fieldset", data_name="device")
    assert device.fields()["name"].sentences() == ["No es una cadena válida."]
    assert device.fields()["name"].one("input").attributes["value"] == "5"


@pytest.mark.parametrize("email", ["nobody@example.org", "no address"])
def test_refused_password_is_not_shown_again(api: ApiClient, email: str) -> None:
    response = api.post(LOGIN, {"email": email, "password": PASSWORD}, Accept="text/html")

    assert response.status_code in {400, 401}
    assert email in response.content.decode()
    assert PASSWORD not in response.content.decode()


@pytest.mark.parametrize("body", [b"{nonsense", b"[1]", b'"text"', b"\xff"])
def test_body_that_is_no_object_is_answered_with_a_page(api: ApiClient, body: bytes) -> None:
    page = read_page(api, LOGIN, method="POST", body=body, status=400)

    assert page.one("form", id="post-form").sentences()


def test_header_says_who_is_signed_in_also_where_nobody_is_asked(alice: User) -> None:
    for path, status in ((ME, 200), (LOGIN, 405), ("/api/v1/nowhere/", 404)):
        header = read_page(signed_in(alice), path, status=status).one("header")

        assert "alice@example.org" in header.text
        assert header.one("form", action="/api/browser/logout/").all("input", name="csrfmiddlewaretoken")
        assert not header.all("a", href="/admin/")


def test_header_offers_the_admin_to_staff_and_a_way_in_to_strangers(api: ApiClient, alice: User) -> None:
    alice.is_staff = True
    alice.save()

    assert read_page(signed_in(alice), ME).one("header").all("a", href="/admin/")
    assert (
        read_page(api, ME, status=401)
        .one("header")
        .all("a", href="/api/browser/login/?next=%2Fapi%2Fv1%2Fme%2F")
    )


def test_bearer_token_needs_no_csrf_token_in_a_page(api: ApiClient, alice: User) -> None:
    client = signed_in(alice, enforce_csrf_checks=True)
    client.log_in("alice@example.org")

    read_page(client, ME, method="PATCH", body={"name": "Alicia"})
    read_page(ApiClient(client.http), ME, method="PATCH", body={"name": "Forged"}, status=403)


def test_page_carries_the_csrf_token_that_its_script_sends(alice: User) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    body = read_page(browser, ME).one("body").attributes

    sent = {body["data-csrf-header"]: body["data-csrf-token"]}
    assert browser.send("PATCH", ME, {"name": "Alicia"}, **sent).status_code == 200


@pytest.mark.parametrize(
    ("language", "title", "button"), [("es", "Mi perfil", "Guardar"), ("en", "My profile", "Save")]
)
def test_page_is_in_the_language_of_the_person(alice: User, language: str, title: str, button: str) -> None:
    page = page_of(signed_in(alice).get(ME, Accept="text/html", Accept_Language=language).content.decode())

    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text == title
    assert page.one("form", id="patch-form").one("button", type="submit").text == button


@pytest.mark.parametrize("path", [ME, LOGIN, "/api/v1/", "/api/browser/login/", "/api/v1/nowhere/"])
def test_page_has_no_inline_script_or_style_and_asks_no_other_host(alice: User, path: str) -> None:
    response = signed_in(alice).get(path, Accept="text/html")
    html = response.content.decode()

    assert "<style" not in html
    assert " style=" not in html
    assert "<script>" not in html
    assert " on" + "click=" not in html
    assert 'src="http' not in html


def test_sign_in_by_browser_leads_back(alice: User) -> None:
    browser = ApiClient()
    form = read_page(browser, f"/api/browser/login/?next={ME}").one("form")
    assert form.one("input", name="next").attributes["value"] == ME

    credentials = {"username": "alice@example.org", "password": "wrong", "next": ME}
    refused = browser.http.post("/api/browser/login/", credentials)
    accepted = browser.http.post("/api/browser/login/", credentials | {"password": PASSWORD})
    elsewhere = browser.http.post(
        "/api/browser/login/", credentials | {"password": PASSWORD, "next": "https://example.org/"}
    )

    assert "introduzca un correo electrónico y clave correctos" in refused.content.decode()
    assert accepted["Location"] == ME
    assert elsewhere["Location"] == "/api/v1/"


def test_page_for_an_address_that_no_route_has(api: ApiClient) -> None:
    assert read_page(api, "/api/v1/nowhere/", status=404).one("h1").text == "No encontrado"
    assert read_page(api, "/nowhere/", status=404).one("h1").text == "No encontrado"
    assert api.get("/api/v1/nowhere/")["Content-Type"] == "application/problem+json"
