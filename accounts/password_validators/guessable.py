"""Passwords that are guessed: common words, keys in a row, repetitions, and facts about the person."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.password_validators.normal_forms import plain, readings, repeated_part, signs

WORDS_FILE: Final = Path(__file__).parent / "common_words.es.txt"

#: Shorter words are found in anything.
SHORTEST: Final = 4
#: A password needs more kinds of words than these, or more letters of its own than those.
FEW_WORDS, FEW_LETTERS = 2, 3
#: So many digits are a date or a telephone number; more count for what they are. Signs likewise.
FEW_DIGITS, FEW_SIGNS = 9, 4
#: A repeated part that is shorter would be no password by itself (NIST SP 800-63B-4 §3.1.1.2).
SHORTEST_PART: Final = 8

_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "1234567890", "0123456789"),
    *("abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p"),
    *("q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"),
)
#: Words between words, which make a password no better.
_GLUE = frozenset(
    {"a", "con", "de", "del", "e", "el", "en", "es", "la", "las", "lo", "los", "mi", "mis", "o", "para"}
    | {"por", "que", "se", "su", "te", "tu", "tus", "un", "una", "y", "yo"}
)
_IN_A_ROW = "keys in a row"
_OF_THE_PERSON = "known of the person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a password is made of: kinds of known words, and the rest."""

    kinds: frozenset[str]
    rest: str

    def is_little(self) -> bool:
        """Tell whether a program that tries such words finds the password soon."""
        digits = [character for character in self.rest if character.isdigit()]
        own = {character for character in self.rest if not character.isdigit()}
        if len(digits) > FEW_DIGITS:
            own |= set(digits)
        return len(self.kinds) <= FEW_WORDS and len(own) <= FEW_LETTERS


class GuessableValidator:
    """Refuse what common words, keys in a row, repetitions or facts about the person add up to.

    Django's list of common passwords counts too, with signs and digits around it and repeated. There are no
    rules of composition: four words that do not belong together pass, in any case and without any digit.
    """

    def __init__(self, site: str = "") -> None:
        self._of_site = {"authsite", *_pieces(urlsplit(site).hostname or site)}
        self._common = CommonPasswordValidator()

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Accept what is not guessable.

        :raise ValidationError: saying what to do instead
        """
        known = self._of_site | (facts_about(user) if user is not None else set())
        known = {word for word in known if len(word) >= SHORTEST}
        for reading in readings(password):
            parts = parts_of(reading, known)
            if parts.is_little() and len(set(signs(password))) <= FEW_SIGNS:
                raise self._about_person() if _OF_THE_PERSON in parts.kinds else self._too_common()
        if self._is_common(password):
            raise self._too_common()

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _(
            "Your password cannot be made of a common word or two, keys in a row, repetitions, or your name, "
            "address, department or the name of this site; four words that do not belong together are good."
        )

    def _is_common(self, password: str) -> bool:
        part = repeated_part(password.casefold())
        if len(part) < len(password) and (len(part) < SHORTEST_PART or part.isdigit()):
            return True
        core = part.strip("0123456789 .,;:-_!?¡¿#*+@$%&/()='\"")
        return not {part, core, password.casefold()}.isdisjoint(self._common.passwords)

    @staticmethod
    def _too_common() -> ValidationError:
        said = _(
            "This password is easy to guess: common words, keys in a row or repetitions. Choose four or more "
            "words that do not belong together, or have a password manager make one."
        )
        return ValidationError(said, code="password_too_common")

    @staticmethod
    def _about_person() -> ValidationError:
        said = _(
            "This password is easy to guess for whoever knows you or this site. Choose four or more words "
            "that have nothing to do with your name, address, department or this site."
        )
        return ValidationError(said, code="password_about_person")


def parts_of(reading: str, known: Collection[str] = ()) -> Parts:
    """Find known words in what ``readings`` returned."""
    kinds, rest = set[str](), []
    for kind, text in _split(reading, known):
        if kind:
            kinds.add(kind)
        elif text not in _GLUE:
            rest.append(text)
    return Parts(kinds=frozenset(kinds), rest="".join(rest))


def facts_about(user: AbstractBaseUser) -> set[str]:
    """Return the words that the account itself gives away."""
    email = str(getattr(user, "email", ""))
    said = [email, email.partition("@")[0], str(getattr(user, "name", ""))]
    said += [str(getattr(user, name, None) or "") for name in ("tenant_code", "department_code")]
    return {word for text in said for word in _pieces(text)}


@cache
def common_words() -> frozenset[str]:
    """Return the words of the Spanish list in their plain form."""
    lines = WORDS_FILE.read_text("utf-8").splitlines()
    words = {plain(line) for line in lines if not line.startswith("#")}
    return frozenset(word for word in words if len(word) >= SHORTEST)


@cache
def _rows() -> frozenset[str]:
    both_ways = [row[::step] for row in _ROWS for step in (1, -1)]
    return frozenset(
        row[start:end]
        for row in both_ways
        for start in range(len(row))
        for end in range(start + SHORTEST, len(row) + 1)
    )


def _split(reading: str, known: Collection[str]) -> list[tuple[str, str]]:
    """Return (kind, word), with no kind where the text between two words belongs to none.

    Of all ways to find words, the one that leaves the least between them: the longest first would find
    “sistemas” in “sistemasistema”, and leave the rest of the second word.
    """
    longest = max(map(len, (*common_words(), *_rows(), *known)))
    # For each end: how much is left over before it, and the words until there.
    best: list[tuple[int, tuple[tuple[str, str], ...]]] = [(0, ())]
    for end in range(1, len(reading) + 1):
        left, words = best[end - 1]
        found = (left + 1, _with_one_more(words, reading[end - 1]))
        for start in range(max(0, end - longest), end - SHORTEST + 1):
            if best[start][0] < found[0] and (kind := _kind_of(reading[start:end], known)):
                found = (best[start][0], (*best[start][1], (kind, reading[start:end])))
        best.append(found)
    return list(best[-1][1])


def _with_one_more(words: tuple[tuple[str, str], ...], character: str) -> tuple[tuple[str, str], ...]:
    if words and not words[-1][0]:
        return (*words[:-1], ("", words[-1][1] + character))
    return (*words, ("", character))


def _kind_of(text: str, known: Collection[str]) -> str:
    if text in known:
        return _OF_THE_PERSON
    if text in common_words():
        return text
    is_row = text in _rows() or all(one == other for one, other in pairwise(text))
    return _IN_A_ROW if is_row else ""


def _pieces(text: str) -> set[str]:
    """Return a text in its plain form, as a whole and piece by piece."""
    return {plain(text), *(plain(piece) for piece in re.split(r"[\W_]+", text))} - {""}
