"""Where a claim may stand."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.audiences.claim_paths import (
    MAX_LENGTH,
    RESERVED,
    segments,
    validate_claim_path,
    validate_no_collisions,
)

names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,20}\Z").filter(
    lambda name: name not in RESERVED | {"constructor", "prototype"}
)
paths = st.lists(names, min_size=1, max_size=4).map(".".join)

MALFORMED = [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    " a",
    "a ",
    "a\n",
    "a.b\n",
    "a\x00",
    "1a",
    "_a",
    "a-b",
    "a b",
    "a/b",
    "a[0]",
    "__proto__",
    "a.__proto__",
    "constructor",
    "a.constructor.b",
    "prototype",
    "\u0430ud",  # Cyrillic a
    "\uff53ub",  # full-width s
    "s\u200bub",  # zero-width space
    "e\u0301",
    "\u0131ss",
]


def code_of(path: str) -> str | None:
    with pytest.raises(ValidationError) as refusal:
        validate_claim_path(path)
    return refusal.value.code


@given(path=paths)
def test_names_joined_by_dots_are_accepted(path: str) -> None:
    validate_claim_path(path)

    assert ".".join(segments(path)) == path


@pytest.mark.parametrize("path", MALFORMED)
def test_malformed_paths_are_refused(path: str) -> None:
    assert code_of(path) == "path_malformed"


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_what_authsite_says_itself_is_reserved_at_the_top_with_all_below_it(name: str) -> None:
    assert code_of(name) == "path_reserved"
    assert code_of(f"{name}.inner") == "path_reserved"
    validate_claim_path(f"custom.{name}")


def test_every_claim_of_the_design_is_reserved() -> None:
    assert set("iss sub aud client_id exp iat nbf jti sid epoch cnf act".split()) == RESERVED  # noqa: SIM905 - the design's own line


def test_depth_and_length_are_bounded() -> None:
    validate_claim_path("a.b.c.d")
    assert code_of("a.b.c.d.e") == "path_too_long"
    assert code_of(".".join(["a" * 60] * 3)) == "path_too_long"
    assert code_of("a" * 64) == "path_malformed"
    assert len("a" * 63) <= MAX_LENGTH
    validate_claim_path("a" * 63)


@given(text=st.text())
def test_whatever_is_accepted_is_plain_ascii_without_reserved_names(text: str) -> None:
    try:
        validate_claim_path(text)
    except ValidationError:
        return
    assert text.isascii()
    assert text.replace("_", "").replace(".", "").isalnum()
    assert segments(text)[0] not in RESERVED


@pytest.mark.parametrize(
    "together",
    [["a", "a"], ["a", "a.b"], ["a.b.c", "x", "a.b"], ["a", "a.b.c.d"], ["ab", "a", "a.b"]],
)
def test_paths_of_which_one_stands_inside_another_collide(together: list[str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_no_collisions(together)
    assert refusal.value.code == "path_collision"


@pytest.mark.parametrize("together", [[], ["a"], ["a", "ab", "a_b"], ["a.b", "a.c", "a.bc"], ["A", "a"]])
def test_paths_beside_each_other_do_not_collide(together: list[str]) -> None:
    validate_no_collisions(together)


@given(several=st.lists(paths, max_size=6))
def test_a_collision_is_found_exactly_where_two_paths_overlap(several: list[str]) -> None:
    overlap = any(
        f"{second}.".startswith(f"{first}.")
        for place, first in enumerate(several)
        for other, second in enumerate(several)
        if place != other
    )
    if overlap:
        with pytest.raises(ValidationError):
            validate_no_collisions(several)
    else:
        validate_no_collisions(several)
