"""What our catalogue says instead of Django's has to be what Django asks for."""

import gettext
from pathlib import Path

import django
import pytest

from accounts.admin.django_words import BETTER_SAID

_MO = Path(django.__file__).parent / "contrib/admin/locale/es/LC_MESSAGES"


@pytest.mark.parametrize("sentence", BETTER_SAID)
def test_each_is_a_sentence_of_djangos_admin(sentence: str) -> None:
    with (_MO / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)

    assert catalogue.gettext(sentence) != sentence
