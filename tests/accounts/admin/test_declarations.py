"""What is not declared is refused: at import, at start-up, and when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import path
from typing_extensions import override

from accounts.admin.actions import bulk_action, row_action
from accounts.admin.declared_checks import check_site
from accounts.admin.pages import model_page, row_page, site_page
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.models import Role
from tests.accounts.admin.browsing import page_url
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

MAY = ["change"]


def nothing(*_given: Any, **_more: Any) -> Any:
    return HttpResponse()


@pytest.mark.parametrize(
    "decorate",
    [
        lambda: bulk_action("Do", permissions=[], says="It is done.", asks_password=False),
        lambda: bulk_action("Do", permissions=[""], says="It is done.", asks_password=False),
        lambda: bulk_action("Do", permissions="change", says="It is done.", asks_password=False),
        lambda: bulk_action("Do", permissions=MAY, says="", asks_password=False),
        lambda: row_action("do", "Do", permissions=[], says="It is done.", asks_password=False),
        lambda: row_action("do", "Do", permissions=MAY, says="", asks_password=False),
        lambda: row_page("look", permissions=[], reads_only=True),
        lambda: row_page("look", permissions=MAY),
        lambda: model_page("look", permissions=MAY),
        lambda: model_page("look", permissions=MAY, says="It is done.", reads_only=True),
        lambda: model_page("look", permissions=MAY, says="It is done.", is_asked_by_post=True),
        lambda: site_page("look", permissions=[], reads_only=True),
        lambda: site_page("look", permissions=["accounts.view_user"]),
    ],
)
def test_who_may_and_what_happens_have_to_be_said_at_import(decorate: Callable[[], Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        decorate()(nothing)


@pytest.mark.parametrize("left_out", ["permissions", "says", "asks_password"])
def test_nothing_of_an_action_can_be_forgotten(left_out: str) -> None:
    said: dict[str, Any] = {"permissions": MAY, "says": "It is done.", "asks_password": False}
    del said[left_out]

    with pytest.raises(TypeError, match=left_out):
        bulk_action("Do", **said)
    with pytest.raises(TypeError, match=left_out):
        row_action("do", "Do", **said)


class Undeclared(ServiceModelAdmin):
    """Pages of somebody who was in a hurry."""

    actions = ("do_it",)

    @admin.action(description="Do", permissions=MAY)
    def do_it(self, request: HttpRequest, queryset: Any) -> None:
        """Do it at once."""

    @override
    def get_urls(self) -> list[Any]:
        """Serve a page that nobody has declared."""
        page = path("hurry/", self.admin_site.admin_view(nothing), name="hurry")
        return [page, *super().get_urls()]


def test_undeclared_action_and_page_stop_the_start() -> None:
    found = {error.id for error in Undeclared(Role, admin.site).check()}

    assert found == {"accounts.E020", "accounts.E021"}


def test_undeclared_action_is_offered_to_nobody(boss: Client) -> None:
    request = boss.get(page_url(UserFactory.create())).wsgi_request

    assert Undeclared(Role, admin.site).get_actions(request) == {}


def test_undeclared_page_of_the_site_and_pages_off_the_layer_stop_the_start() -> None:
    class Site(admin.AdminSite):
        @override
        def get_urls(self) -> list[Any]:
            return [path("hurry/", self.admin_view(nothing), name="hurry"), *super().get_urls()]

    site = Site()
    site.register(Role, admin.ModelAdmin)

    assert {error.id for error in check_site(site)} == {"accounts.E022", "accounts.E023"}


def test_our_own_admin_passes() -> None:
    assert list(check_site(admin.site)) == []
    assert [error for page in admin.site._registry.values() for error in page.check()] == []  # noqa: SLF001


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_page_that_reads_answers_no_other_method(boss: Client, method: str) -> None:
    assert getattr(boss, method)(page_url(UserFactory.create(), "token")).status_code == 405


def test_sentence_of_an_action_stands_on_its_page(boss: Client) -> None:
    page = boss.get(page_url(UserFactory.create(), "end_sessions")).content.decode()

    assert "This person has to log in again on every device and in every browser." in page
    assert 'name="csrfmiddlewaretoken"' in page
