"""The tables of docs/verifying.md say what verification does: each row is tried, and none is missing."""

from __future__ import annotations

import re

import pytest

from accounts.tokens import claims_schema, verification
from accounts.tokens.errors import InvalidTokenError
from tests.accounts.journeys import NOW
from tests.accounts.tokens.forging import good_claims, good_header, part_of, signed, strangers_key
from tests.house.source_files import ROOT

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs/verifying.md").read_text("utf-8")
#: Values that the members of a header may have by their RFCs, so that nothing but their presence is refused.
WELL_FORMED: dict[str, object] = {
    "crit": ["kid"],
    "jwk": {"kty": "oct", "k": "AAAA"},
    "jku": "https://evil.example/jwks.json",
    "x5u": "https://evil.example/key.pem",
    "x5c": ["AAAA"],
    "x5t": "AAAA",
    "x5t#S256": "AAAA",
    "cty": "JWT",
    "zip": "DEF",
    "p2c": 1,
}


def table(heading: str) -> dict[str, str]:
    """Return what the table below a heading says of each member."""
    section = PAGE.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (\w+) \|", section, flags=re.MULTILINE))


HEADER, CLAIMS = table("Header"), table("Claims")


def is_accepted(raw: str) -> bool:
    try:
        verification.verify_access_token(raw, now=NOW)
    except InvalidTokenError:
        return False
    return True


def without(members: dict[str, object], name: str) -> dict[str, object]:
    return {each: value for each, value in members.items() if each != name}


@pytest.mark.parametrize("name", [name for name, does in HEADER.items() if does == "required"])
def test_required_member_of_the_header_has_to_be_there_and_right(name: str) -> None:
    assert name in good_header()
    assert not is_accepted(signed(without(good_header(), name)))
    assert not is_accepted(signed(good_header() | {name: "other"}))


@pytest.mark.parametrize(("name", "does"), [each for each in HEADER.items() if each[1] != "required"])
def test_other_member_of_the_header_is_ignored_or_refused(name: str, does: str) -> None:
    token = signed(good_header() | {name: WELL_FORMED[name]})

    assert is_accepted(token) is {"ignored": True, "refused": False}[does]


@pytest.mark.parametrize("name", [name for name, does in HEADER.items() if does == "ignored"])
def test_what_is_ignored_gives_a_stranger_nothing(name: str) -> None:
    assert not is_accepted(signed(good_header() | {name: WELL_FORMED[name]}, key=strangers_key()))


@pytest.mark.parametrize("name", [name for name, does in CLAIMS.items() if does == "required"])
def test_required_claim_has_to_be_there_and_of_its_type(name: str) -> None:
    assert name in good_claims()
    assert not is_accepted(signed(claims=without(good_claims(), name)))
    assert not is_accepted(signed(claims=good_claims() | {name: [good_claims()[name]]}))


def test_verified_claim_may_be_absent_but_not_wrong() -> None:
    issued = good_claims()["iat"]

    assert [name for name, does in CLAIMS.items() if does == "verified"] == ["nbf"]
    for nbf, accepted in {issued: True, issued + 30: True, issued + 31: False, str(issued): False}.items():
        assert is_accepted(signed(claims=good_claims() | {"nbf": nbf})) is accepted


def test_a_token_lives_for_24_hours_at_most() -> None:
    issued = good_claims()["iat"]

    assert is_accepted(signed(claims=good_claims() | {"exp": issued + 86_400}))
    assert not is_accepted(signed(claims=good_claims() | {"exp": issued + 86_401}))


def test_no_claim_and_no_header_of_ours_is_missing() -> None:
    checked = {*verification._STRING_CLAIMS, *verification._INTEGER_CLAIMS}  # noqa: SLF001 - what the table is about

    assert {name for name, does in CLAIMS.items() if does == "required"} == checked
    assert checked == set(claims_schema._ALWAYS)  # noqa: SLF001 - what every token says
    assert {name for name, does in HEADER.items() if does == "required"} == set(good_header())
    assert set(WELL_FORMED) == {name for name, does in HEADER.items() if does != "required"}


def test_a_header_has_512_bytes_at_most() -> None:
    headers = [good_header() | {"cty": "x" * filler} for filler in range(200, 300)]
    lengths = {len(part_of(header)): is_accepted(signed(header)) for header in headers}

    assert "512 bytes" in PAGE
    assert {length for length, accepted in lengths.items() if accepted} == {n for n in lengths if n <= 512}
    assert set(lengths.values()) == {True, False}
