"""Every way in which a token can be wrong, signed with our real key where a signature would hide it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.tokens.compact import MAX_BYTES
from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError
from accounts.tokens.verification import CLOCK_SKEW, verify_access_token
from tests.accounts.journeys import NOW, SECOND, claims_of
from tests.accounts.tokens.forging import good_claims, good_header, signed, strangers_key

pytestmark = pytest.mark.django_db

ALWAYS = ("iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch")
STRINGS = ("iss", "sub", "aud", "client_id", "jti", "sid")
INTEGERS = ("exp", "iat", "epoch")


def reason_against(raw: str | bytes) -> object:
    """Return why ``raw`` is refused; fails where it is accepted."""
    with pytest.raises(InvalidTokenError) as refusal:
        verify_access_token(raw, now=NOW)
    return refusal.value.facts.get("reason")


def test_a_good_token_is_accepted_with_its_header_and_claims() -> None:
    header, claims = good_header(), good_claims()

    verified = verify_access_token(signed(header, claims), now=NOW)

    assert (verified.header, verified.claims) == (header, claims)


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
def test_the_type_is_a_media_type_in_any_case(typ: str) -> None:
    assert claims_of(signed(good_header() | {"typ": typ}))["epoch"] == 0


@pytest.mark.parametrize("typ", [None, "", "JWT", "jwt", "rt+jwt", "at+jwt ", 1, ["at+jwt"], {"at+jwt": 1}])
def test_another_type_is_refused(typ: object) -> None:
    assert reason_against(signed(good_header() | {"typ": typ})) == "typ is not at+jwt"


@pytest.mark.parametrize("missing", ["typ", "alg", "kid"])
def test_a_header_without_a_member_is_refused(missing: str) -> None:
    header = good_header()
    del header[missing]

    assert reason_against(signed(header))


@pytest.mark.parametrize("kid", [None, 1, [], {}, True])
def test_a_kid_that_is_no_string_is_refused(kid: object) -> None:
    assert reason_against(signed(good_header() | {"kid": kid})) == "no kid"


@pytest.mark.parametrize("kid", ["", "unknown", "../../etc/passwd", "' OR 1=1 --", "\ud800", "k" * 4000])
def test_an_unknown_kid_is_refused(kid: str) -> None:
    assert reason_against(signed(good_header() | {"kid": kid})) == "unknown or revoked kid"


def test_a_revoked_key_is_refused() -> None:
    token = signed()
    SigningKey.objects.update(state=KeyState.REVOKED)
    keyring.forget()

    assert reason_against(token) == "unknown or revoked kid"


@pytest.mark.parametrize("crit", [["exp"], [], ["b64"], None, "exp"])
def test_critical_extensions_are_refused(crit: object) -> None:
    assert reason_against(signed(good_header() | {"crit": crit, "b64": True})) == "crit is not understood"


@pytest.mark.parametrize("missing", ALWAYS)
def test_a_token_without_a_claim_that_we_always_say_is_refused(missing: str) -> None:
    claims = good_claims()
    del claims[missing]

    with pytest.raises(InvalidTokenError) as refusal:
        verify_access_token(signed(claims=claims), now=NOW)
    assert refusal.value.facts["claim"] == missing


@pytest.mark.parametrize("claim", STRINGS)
@pytest.mark.parametrize("value", ["", None, 1, True, ["a"], {"a": 1}])
def test_a_claim_that_must_be_a_string_is_refused_as_anything_else(claim: str, value: object) -> None:
    assert reason_against(signed(claims=good_claims() | {claim: value})) == "claim missing or no string"


@pytest.mark.parametrize("claim", INTEGERS)
@pytest.mark.parametrize("value", [None, True, False, 4102444800.0, 1e300, "4102444800", [4102444800], {}])
def test_a_claim_that_must_be_an_integer_is_refused_as_anything_else(claim: str, value: object) -> None:
    assert reason_against(signed(claims=good_claims() | {claim: value})) == "claim missing or no integer"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_json_does_not_have_is_refused(number: str) -> None:
    claims = json.dumps(good_claims()).replace('"epoch": 0', f'"epoch": {number}').encode()

    assert reason_against(signed(claims=claims))


@pytest.mark.parametrize(
    "issuer", ["http://127.0.0.1:8000/", "HTTP://127.0.0.1:8000", "https://evil.example"]
)
def test_another_issuer_is_refused_without_normalising(issuer: str) -> None:
    assert reason_against(signed(claims=good_claims() | {"iss": issuer})) == "another issuer"


def test_a_token_expires_at_the_very_second() -> None:
    token = signed(claims=good_claims() | {"exp": int(NOW.timestamp())})

    assert claims_of(token, now=NOW - SECOND)["epoch"] == 0
    with pytest.raises(ExpiredTokenError):
        verify_access_token(token, now=NOW)


@pytest.mark.parametrize("exp", [0, -1, -(10**400)])
def test_a_token_of_the_past_is_expired(exp: int) -> None:
    with pytest.raises(ExpiredTokenError):
        verify_access_token(signed(claims=good_claims() | {"exp": exp}), now=NOW)


def test_a_token_of_the_future_is_refused_beyond_the_clock_skew() -> None:
    skew = int(CLOCK_SKEW.total_seconds())
    ahead = [good_claims() | {"iat": int(NOW.timestamp()) + seconds} for seconds in (skew, skew + 1)]

    assert claims_of(signed(claims=ahead[0])) == ahead[0]
    assert reason_against(signed(claims=ahead[1])) == "issued in the future"


@pytest.mark.parametrize("member", ["typ", "alg", "kid"])
def test_duplicate_members_of_the_header_are_refused(member: str) -> None:
    header = json.dumps(good_header())
    twice = f'{header[:-1]}, "{member}": {json.dumps(good_header()[member])}}}'

    assert reason_against(signed(twice.encode())) == "not JSON"


def test_duplicate_claims_are_refused_at_any_depth() -> None:
    claims = json.dumps(good_claims())

    assert reason_against(signed(claims=f'{claims[:-1]}, "sub": "mallory"}}'.encode())) == "not JSON"
    assert reason_against(signed(claims=f'{claims[:-1]}, "a": [{{"b": 1, "b": 2}}]}}'.encode())) == "not JSON"


@pytest.mark.parametrize("claims", [b"", b"[]", b'"x"', b"1", b"null", b"{", b"\xff\xfe", b"\xef\xbb\xbf{}"])
def test_claims_that_are_no_json_object_are_refused(claims: bytes) -> None:
    assert reason_against(signed(claims=claims)) in {"not JSON", "not a JSON object"}


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_json_is_refused_and_not_a_crash(opening: bytes) -> None:
    depth = (MAX_BYTES // 2) // len(opening)

    assert reason_against(signed(claims=opening * depth)) == "not JSON"


def test_a_token_by_a_strangers_key_under_our_kid_is_refused() -> None:
    assert reason_against(signed(key=strangers_key())) == "BadSignatureError"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_token_whose_parts_come_from_two_tokens_is_refused(place: int) -> None:
    parts, others = signed().split("."), signed(good_header() | {"cty": "x"}).split(".")
    parts[place] = others[place]

    assert reason_against(".".join(parts)) == "BadSignatureError"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    members=st.dictionaries(
        st.sampled_from(["jwk", "jku", "x5u", "x5c", "x5t", "cty", "b64", "p2c"]), json_values
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_of_a_stranger_is_more_than_an_invalid_token(members: dict[str, Any]) -> None:
    assert reason_against(signed(good_header() | members, key=strangers_key()))
