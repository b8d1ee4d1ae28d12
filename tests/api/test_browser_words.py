"""Words that programs get as well as people: labels, OPTIONS, and refusals outside of any view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise

from api.browsable.form_fields import writable_fields
from api.browsable.words import LABELS
from api.serializers.email_change import EmailChangeSerializer, EmailConfirmSerializer
from api.serializers.logout import LogoutSerializer
from api.serializers.password_links import PasswordResetConfirmSerializer, PasswordResetSerializer
from api.serializers.passwords import PasswordChangeSerializer
from api.serializers.people import ProfileSerializer
from api.serializers.tokens import LoginSerializer, RefreshSerializer, TokenVerifySerializer
from api.urls import directory
from tests.api.client import ApiClient, read
from tests.api.pages import page_of, read_page
from tests.api.test_browser import signed_in

if TYPE_CHECKING:
    from accounts.models import User

VIEWSETS: list[Any] = [viewset for _prefix, viewset, _name in directory.registry]
SERIALIZERS: list[Any] = [
    *(viewset.serializer_class for viewset in VIEWSETS),
    *(LoginSerializer, RefreshSerializer, TokenVerifySerializer),
    *(LogoutSerializer, PasswordChangeSerializer, ProfileSerializer),
    *(PasswordResetSerializer, PasswordResetConfirmSerializer),
    *(EmailChangeSerializer, EmailConfirmSerializer),
]


@pytest.mark.django_db
@pytest.mark.parametrize("serializer", SERIALIZERS)
def test_each_field_of_a_form_has_a_translated_label(serializer: Any, alice: User) -> None:
    view = type("View", (), {"viewer": alice})
    with translation.override("es"):  # in English DRF's own labels may be the same, and are left as they are
        fields = writable_fields(serializer(context={"view": view}))
    for name, field in fields.items():
        # A label that DRF makes of a name is a text; one that is translated waits for its reader.
        assert name in LABELS or isinstance(field.label, Promise), name


def test_labels_that_drf_makes_of_names_are_ours_in_spanish(api: ApiClient, alice: User) -> None:
    login = read_page(api, "/api/v1/auth/login/", status=405).one("form", id="post-form").fields()
    audience = read_page(signed_in(alice), "/api/v1/audiences/").one("form", id="post-form").fields()

    assert "Cliente" in login["client_id"].text
    assert "Duración del token de acceso" in audience["access_lifetime"].text


def test_options_answer_the_words_of_the_pages(alice: User) -> None:
    browser = signed_in(alice)

    described = read(browser.send("OPTIONS", "/api/v1/roles/"))

    assert described["name"] == "Roles"
    assert described["description"].startswith("Los roles son de todos")
    assert described["actions"]["POST"]["label"]["label"] == "Nombre visible"
    english = read(browser.send("OPTIONS", "/api/v1/me/", Accept_Language="en"))
    assert english["name"] == "My profile"


def test_body_that_is_null_is_refused_in_spanish(api: ApiClient) -> None:
    problem = read(api.send("POST", "/api/v1/auth/login/", b"null"), 400)

    assert problem["error"] == {"non_field_errors": ["Envíe un objeto JSON."]}


@pytest.mark.parametrize("path", ["/api/browser/logout/", "/api/browser/login/", "/admin/login/"])
def test_form_without_csrf_token_is_answered_with_our_page(db: None, path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path)

    assert response.status_code == 403
    assert page_of(response.content.decode()).one("h1").text == "Este formulario ha caducado"


def test_forms_that_send_json_wait_for_their_script(alice: User, bob: User) -> None:
    page = read_page(signed_in(alice), f"/api/v1/users/{bob.pk}/")
    forms = [form for form in page.all("form") if "data-method" in form.attributes]

    assert {form.attributes["data-method"] for form in forms} == {"PATCH", "DELETE"}
    for form in forms:
        assert form.attributes["method"] == "post"
        assert "disabled" in form.one("button", type="submit").attributes
    assert "sin él, sus botones permanecen desactivados" in page.one("noscript").text
