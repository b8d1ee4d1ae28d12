"""The browsable API's script makes typed JSON of what is in the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.factories import RoleFactory

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.visits import Visit

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.urls("tests.api.every_control"),
]


def opened(visit: Visit, method: str) -> Locator:
    """Return the form for ``method`` of the page that has every control."""
    for code in ("admin", "editor"):
        RoleFactory.create(code=code)
    visit.open("/api/every/")
    return visit.page.locator(f"#{method}-form")


def sent_by(visit: Visit, form: Locator) -> Any:
    """Send the form, and return the body that went out."""
    with visit.page.expect_request(lambda request: request.method != "GET") as sending:
        form.get_by_role("button").click()
    expect(visit.page.locator("#answer .status")).to_contain_text(sending.value.method)
    assert sending.value.headers["content-type"] == "application/json"
    return sending.value.post_data_json


def test_new_thing_without_what_was_left_empty(visit: Visit) -> None:
    form = opened(visit, "post")
    form.locator("[name=title]").fill("New")

    assert sent_by(visit, form) == {"title": "New"}


def test_new_thing_with_everything(visit: Visit) -> None:
    form = opened(visit, "post")
    for name, text in {
        "title": " New ",
        "nickname": "null",
        "contact": "a@example.org",
        "secret": "123",
        "amount": "-12",
        "ratio": "1.5",
        "memo": "one\ntwo",
        "extra": '{"a": [1, null, "ñ"]}',
        "rows": '[{"note": "n", "depth": null}]',
        "note": "true",
        "depth": "7",
    }.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("[name=is_open]").uncheck()
    form.locator("[name=verdict]").select_option("false")
    form.locator("[name=colour]").select_option(label="Blue")
    form.locator("[name=level]").select_option(label="Two")
    form.locator("[name=role]").select_option('"editor"')
    for label in ("admin", "editor"):
        form.get_by_role("group", name="Roles").get_by_label(label, exact=False).check()
    form.get_by_role("group", name="Tags").get_by_label("b").check()

    assert sent_by(visit, form) == {
        "title": " New ",
        "nickname": "null",
        "contact": "a@example.org",
        "secret": "123",
        "amount": -12,
        "ratio": 1.5,
        "is_open": False,
        "verdict": False,
        "colour": "blue",
        "level": 2,
        "role": "editor",
        "roles": ["admin", "editor"],
        "tags": ["b"],
        "memo": "one\ntwo",
        "extra": {"a": [1, None, "ñ"]},
        "rows": [{"note": "n", "depth": None}],
        "inner": {"note": "true", "depth": 7},
    }


def test_change_sends_only_what_was_changed(visit: Visit) -> None:
    form = opened(visit, "patch")
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("No se ha cambiado nada.")

    form.locator("[name=amount]").fill("")
    form.locator("[name=is_open]").check()
    form.locator("[name=colour]").select_option("null")
    form.locator("[name=tags]").first.uncheck()
    form.locator("[name=extra]").fill('{"a": "<x>", "b": [1, null]}')
    form.locator("[name=note]").fill("inner")

    assert sent_by(visit, form) == {
        "amount": None,
        "is_open": True,
        "colour": None,
        "tags": [],
        "inner": {"note": "inner", "depth": 4},
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("amount", "12.5", "Escriba un número entero."),
        ("amount", "9007199254740993", "Escriba un número entero."),
        ("ratio", "a half", "Escriba un número."),
        ("rows", "[1,", "Esto no es JSON."),
    ],
)
def test_what_cannot_become_json_is_said_beside_its_field(
    visit: Visit, name: str, text: str, message: str
) -> None:
    form = opened(visit, "post")
    field = form.locator(f"[name={name}]")

    field.fill(text)
    form.get_by_role("button").click()

    expect(form.locator(f"#post-{name}-errors")).to_contain_text(message)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_refused_values_are_typed_again_as_they_were(visit: Visit) -> None:
    visit.refusals.add(400)
    form = opened(visit, "post")
    form.locator("[name=contact]").fill("no address")
    form.locator("[name=amount]").fill("5")
    form.locator("[name=is_open]").uncheck()
    form.locator("[name=secret]").fill("secret")
    form.get_by_role("button").click()

    expect(form.locator("#post-contact-errors")).not_to_be_empty()
    expect(form.locator("[name=amount]")).to_have_value("5")
    expect(form.locator("[name=secret]")).to_have_value("")
    form.locator("[name=title]").fill("New")
    form.locator("[name=contact]").fill("")

    assert sent_by(visit, form) == {"title": "New", "amount": 5, "is_open": False}


def test_action_without_a_body_sends_none(visit: Visit) -> None:
    visit.open("/api/button/", status=405)
    page = visit.page

    with page.expect_request(lambda request: request.method == "POST") as sending:
        page.get_by_role("button", name="Enviar").click()

    expect(page.locator("#answer")).to_contain_text("200 OK")
    assert sending.value.post_data is None
