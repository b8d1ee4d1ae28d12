"""A password without its disguise: accents, case, signs, and digits that stand for letters."""

import re
import unicodedata

_LIKE_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_SIGNS_LIKE_LETTERS = {"@": "a", "$": "s", "!": "i", "€": "e", "|": "l"}
_AS_I = str.maketrans(_LIKE_LETTERS | _SIGNS_LIKE_LETTERS)
_AS_L = str.maketrans(_LIKE_LETTERS | _SIGNS_LIKE_LETTERS | {"1": "l", "!": "l"})
_BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[0134578@$!€|]{1,2}(?=[a-z])")


def plain(text: str) -> str:
    """Return letters and digits in lower case, without accents: ``Contraseña!`` is ``contrasena``."""
    return _letters_and_digits(_folded(text))


def readings(password: str) -> set[str]:
    """Return ``plain`` of all that a password may mean: ``p4ssw0rd2024`` is ``password2024`` as well."""
    folded = _folded(password)
    meant = {folded}
    for table in (_AS_I, _AS_L):
        meant |= {_translated_between_letters(folded, table), folded.translate(table)}
    return {_letters_and_digits(text) for text in meant}


def signs(password: str) -> str:
    """Return the characters that are neither letters nor digits nor spaces."""
    return "".join(
        character for character in _folded(password) if not character.isalnum() and not character.isspace()
    )


def repeated_part(text: str) -> str:
    """Return the shortest part that repeated gives the text, whose end may be cut off; or all of it."""
    for length in range(1, len(text) // 2 + 1):
        if all(text[at] == text[at - length] for at in range(length, len(text))):
            return text[:length]
    return text


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _translated_between_letters(text: str, table: dict[int, str]) -> str:
    return _BETWEEN_LETTERS.sub(lambda match: match[0].translate(table), text)


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
