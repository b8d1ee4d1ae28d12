"""Names and labels for people: one line that shows itself as what it is."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Control characters, line and paragraph separators, and halves of surrogate pairs.
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Characters that show nothing when they stand alone.
_INVISIBLE = _REFUSED | {"Cf", "Zs"}
#: Overrides and isolates of the direction (UAX #9): a name could pose as another one (CVE-2021-42574).
_TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_label(text: str) -> None:
    """Accept one line with at least one visible character.

    :raise ValidationError: with a sentence that says what to do
    """
    kinds = {unicodedata.category(character) for character in text}
    if kinds <= _INVISIBLE or kinds & _REFUSED or not _TURNS_TEXT.isdisjoint(text):
        raise ValidationError(
            _("Write one line of visible text, without control characters or marks that turn its direction."),
            code="invalid_label",
        )
