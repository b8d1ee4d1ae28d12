"""Every page of the admin speaks its reader's language: its Spanish texts are not its English ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db.models import CharField, TextField

from tests.accounts.admin.admin_walk import visits
from tests.accounts.admin.browsing import signed_in, superuser
from tests.accounts.admin.page_texts import texts_of
from tests.accounts.admin.two_tenants import two_tenants

if TYPE_CHECKING:
    from django.test import Client

    from tests.accounts.admin.two_tenants import World

pytestmark = pytest.mark.django_db

#: The same in both languages, or no language at all.
SAME = {
    "authsite", "English", "Español", "Ctrl", "Token", "Tokens", "Claim", "Claims", "Roles", "Bytes", "Error",
    "Id", "No", "no", "Kid", "JWK", "Set", "EdDSA", "Ed", "RS", "ES", "RSA", "OAEP", "pwd",
}  # fmt: skip
#: Short names of months may be spelt alike.
_MONTH = re.compile(r"\b\d{1,2} (?:Oct|Nov|Feb|Mar|Jun|Jul|Sep)\b")
#: Ids and keys are no words.
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\{.*\}|[\w-]{8,}…")
_WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture
def world(db: None) -> World:
    return two_tenants()


def stored_words() -> set[str]:
    """Return the words that stand in some row: data, and not for us to translate."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [field.name for field in model._meta.fields if isinstance(field, CharField | TextField)]
        if fields and model._meta.app_label != "auth":
            manager = model._meta.default_manager
            assert manager is not None
            for row in manager.values_list(*fields):
                found |= {word for value in row if value for word in _WORD.findall(str(value))}
    return found


def untranslated(english: str, spanish: str, data: set[str]) -> set[str]:
    """Return the texts that both pages hold, and that are more than data."""
    in_both = set(texts_of(english)) & set(texts_of(spanish))
    return {text for text in in_both if set(_WORD.findall(_ID.sub("", _MONTH.sub("", text)))) - data - SAME}


def read(client: Client, url: str, language: str) -> str:
    response = client.get(url, headers={"accept-language": language})
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    return response.content.decode() if is_page else ""


def test_no_page_leaves_a_text_in_english(world: World) -> None:
    client = signed_in(superuser(email="boss@zorro.example", name="Zorro"))
    rows = world.ours | world.shared
    data = stored_words()
    left = {}
    pages = 0
    for visit in visits(rows, world.beside(rows)):
        english, spanish = (read(client, visit.url, language) for language in ("en", "es"))
        pages += bool(english)
        if said := untranslated(english, spanish, data):
            left[visit.url] = said

    assert pages > 50
    assert left == {}


def test_an_english_text_on_a_spanish_page_is_noticed() -> None:
    english = '<p>Sessions</p><b>zorro</b><input type="submit" value="Save"><a title="View">admin</a>'
    spanish = '<p>Sesiones</p><b>zorro</b><input type="submit" value="Save"><a title="Ver">admin</a>'

    assert untranslated(english, spanish, {"zorro", "admin"}) == {"Save"}
