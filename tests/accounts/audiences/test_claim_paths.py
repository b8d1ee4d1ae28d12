"""Where a claim may stand."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.audiences.claim_paths import (
    INHERITED,
    MAX_LENGTH,
    RESERVED,
    segments,
    validate_claim_path,
    validate_no_collisions,
)

names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,20}\Z").filter(
    lambda name: name.lower() not in RESERVED and name not in INHERITED
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
    "__Proto__",
    "__defineGetter__",
]
NOT_ASCII = [
    ("\u0430ud", 1, "CYRILLIC SMALL LETTER A"),
    ("custom.r\u043eles", 9, "CYRILLIC SMALL LETTER O"),
    ("\uff53ub", 1, "FULLWIDTH LATIN SMALL LETTER S"),
    ("s\u200bub", 2, "ZERO WIDTH SPACE"),
    ("e\u0301", 2, "COMBINING ACUTE ACCENT"),
    ("\u0131ss", 1, "LATIN SMALL LETTER DOTLESS I"),
    ("a\u0661", 2, "ARABIC-INDIC DIGIT ONE"),
    ("a\u2024b", 2, "ONE DOT LEADER"),
    ("a\u0085", 2, "U+0085"),
    ("\U0001d4ea", 1, "U+1D4EA MATHEMATICAL BOLD SCRIPT SMALL A"),
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


@pytest.mark.parametrize(("path", "position", "name"), NOT_ASCII)
def test_what_only_looks_like_a_letter_is_named_with_its_place(path: str, position: int, name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_claim_path(path)

    assert refusal.value.code == "path_not_ascii"
    assert f" {position} " in refusal.value.messages[0]
    assert name in refusal.value.messages[0]


@pytest.mark.parametrize("name", sorted(INHERITED))
def test_what_javascript_objects_inherit_is_refused_at_any_level(name: str) -> None:
    for path in (name, f"a.{name}", f"a.{name}.b", f"{name}.a"):
        assert code_of(path) == "path_inherited"


@pytest.mark.parametrize("name", ["Sub", "AUD", "Client_Id", "eXp", "CNF"])
def test_reserved_names_are_reserved_in_any_capitals(name: str) -> None:
    assert code_of(name) == "path_reserved"
    assert code_of(f"{name}.inner") == "path_reserved"


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
    assert code_of(".".join(["a"] * 200)) == "path_too_long"
    assert code_of("a" * 10**6) == "path_too_long"
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
    assert segments(text)[0].lower() not in RESERVED
    assert not INHERITED & set(segments(text))


@pytest.mark.parametrize(
    "together",
    [
        ["a", "a"],
        ["a", "a.b"],
        ["a.b.c", "x", "a.b"],
        ["a", "a.b.c.d"],
        ["ab", "a", "a.b"],
        ["A", "a"],
        ["User_Roles", "user_roles"],
        ["user_roles", "x", "User_Roles.a"],
        ["a.B", "a.b.c"],
        ["Custom.a", "custom.b"],
        ["a.b.c", "a.B.d"],
    ],
)
def test_paths_of_which_one_stands_inside_another_collide(together: list[str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_no_collisions(together)
    assert refusal.value.code == "path_collision"


@pytest.mark.parametrize("together", [[], ["a"], ["a", "ab", "a_b"], ["a.b", "a.c", "a.bc"], ["a.B", "b.A"]])
def test_paths_beside_each_other_do_not_collide(together: list[str]) -> None:
    validate_no_collisions(together)


def test_two_spellings_of_one_name_are_both_in_the_sentence() -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_no_collisions(["Custom.a", "b", "custom.c"])

    assert refusal.value.params == {
        "first": "Custom.a",
        "second": "custom.c",
        "one": "Custom",
        "other": "custom",
    }


def overlap(first: str, second: str) -> bool:
    """Tell whether two paths collide, by the very words of the rule."""
    one, other = first.lower().split("."), second.lower().split(".")
    shared = next((depth for depth, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if shared is None:
        return True
    return first.split(".")[:shared] != second.split(".")[:shared]


short_paths = st.lists(st.sampled_from(["a", "b", "A", "ab"]), min_size=1, max_size=3).map(".".join)


@given(several=st.lists(paths, max_size=6) | st.lists(short_paths, max_size=5))
def test_a_collision_is_found_exactly_where_two_paths_overlap(several: list[str]) -> None:
    if any(overlap(first, second) for first, second in combinations(several, 2)):
        with pytest.raises(ValidationError):
            validate_no_collisions(several)
    else:
        validate_no_collisions(several)
