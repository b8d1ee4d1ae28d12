"""What our catalogue says instead of Django's has to be what Django asks for."""

import gettext
from pathlib import Path

import django
import pytest

from accounts.admin.django_words import BETTER_SAID

_CATALOGUES = [
    Path(django.__file__).parent / room / "locale/es/LC_MESSAGES/django.mo"
    for room in ("contrib/admin", "conf")
]


@pytest.mark.parametrize("sentence", BETTER_SAID)
def test_each_is_a_sentence_of_django(sentence: str) -> None:
    said = set()
    for path in _CATALOGUES:
        with path.open("rb") as file:
            said.add(gettext.GNUTranslations(file).gettext(sentence))

    assert said != {sentence}
