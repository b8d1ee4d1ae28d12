"""The directory's pages in the browsable API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import resolve
from django.utils import translation

from api.browsable.words import sentence_of
from api.urls import directory
from tests.api.pages import read_page
from tests.api.test_browser import signed_in

if TYPE_CHECKING:
    from accounts.models import User

DIRECTORY = [f"/api/v1/{prefix}/" for prefix, _viewset, _name in directory.registry]


@pytest.mark.parametrize("path", [*DIRECTORY, "/api/v1/roles/admin/retire/", "/api/v1/roles/admin/restore/"])
def test_page_of_the_directory_says_in_spanish_what_it_is_for(alice: User, path: str) -> None:
    browser, match = signed_in(alice), resolve(path)
    with translation.override("en"):
        english = sentence_of(match)

    (lead,) = read_page(browser, path, status=200 if path in DIRECTORY else 405).all("p", class_="lead")

    assert english
    assert lead.text == sentence_of(match) != english
