"""What attackers try: other algorithms, their own keys, and other spellings of a good token."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import keyring
from accounts.keys.services import ensure_current_key
from accounts.tokens.compact import MAX_BYTES
from accounts.tokens.errors import InvalidTokenError
from accounts.tokens.verification import verify_access_token
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.tokens.forging import base64url, good_claims, good_header, part_of, signed, strangers_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

#: ES256 signatures have 64 bytes (RFC 7518 §3.4).
EMPTY_SIGNATURES = ("", base64url(bytes(64)))


def is_refused(raw: str | bytes) -> bool:
    try:
        verify_access_token(raw, now=NOW)
    except InvalidTokenError:
        return True
    return False


@pytest.mark.parametrize("alg", ["".join(case) for case in itertools.product("nN", "oO", "nN", "eE")])
@pytest.mark.parametrize("signature", EMPTY_SIGNATURES)
def test_a_token_without_signature_is_refused_however_none_is_written(alg: str, signature: str) -> None:
    unsigned = f"{part_of(good_header() | {'alg': alg})}.{part_of(good_claims())}"

    assert is_refused(f"{unsigned}.{signature}")


@pytest.mark.parametrize("alg", ["none", "None", "", "es256", "ES384", "HS256", "EdDSA", None, 1, ["ES256"]])
def test_our_own_signature_under_another_algorithm_is_refused(alg: object) -> None:
    assert is_refused(signed(good_header() | {"alg": alg}))


@pytest.mark.parametrize("form", ["PEM", "DER", "JWK", "POINT", "KID", "EMPTY"])
@pytest.mark.parametrize("alg", ["HS256", "ES256"])
def test_our_public_key_as_a_shared_secret_is_refused(form: str, alg: str) -> None:
    key = keyring.signing_key("ES256")
    secret = {
        "PEM": key.public.as_pem(private=False),
        "DER": key.public.as_der(private=False),
        "JWK": json.dumps(key.row.public_jwk).encode(),
        "POINT": key.public.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "KID": key.kid.encode(),
        "EMPTY": b"",
    }[form]
    signing_input = f"{part_of(good_header() | {'alg': alg})}.{part_of(good_claims())}"
    mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()

    assert is_refused(f"{signing_input}.{base64url(mac)}")


@pytest.mark.parametrize("alg", [SigningAlgorithm.RS256, SigningAlgorithm.EDDSA])
def test_a_signature_of_one_key_of_ours_under_the_kid_of_another_is_refused(alg: SigningAlgorithm) -> None:
    other = ensure_current_key(algorithm=alg, actor=SYSTEM, now=NOW)
    keyring.forget()

    assert is_refused(signed(good_header() | {"kid": other.kid}))
    assert is_refused(signed(good_header() | {"kid": other.kid, "alg": alg}))


@pytest.mark.parametrize("with_our_kid", [True, False])
def test_a_key_that_the_token_brings_along_is_not_looked_at(with_our_kid: bool) -> None:  # noqa: FBT001 - a parameter
    key = strangers_key()
    public = {str(name): value for name, value in key.as_dict(private=False).items()}
    header = good_header() | {
        "jwk": public,
        "jku": "https://evil.example/jwks.json",
        "x5u": "https://evil.example/",
    }
    if not with_our_kid:
        header["kid"] = key.thumbprint()

    assert is_refused(signed(header, key=key))


def test_pointers_to_keys_in_a_token_of_ours_change_nothing() -> None:
    pointers = {"jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/x5u"}

    assert not is_refused(signed(good_header() | pointers))


@pytest.mark.parametrize(
    "signature", [b"", b"\x00", bytes(64), bytes(63), bytes(65), b"\xff" * 64, b"0" * 1024]
)
def test_a_made_up_signature_is_refused(signature: bytes) -> None:
    signing_input = signed().rpartition(".")[0]

    assert is_refused(f"{signing_input}.{base64url(signature)}")


SPELLINGS: dict[str, Callable[[str], str]] = {
    "padding": lambda token: f"{token}=",
    "two paddings": lambda token: f"{token}==",
    "space before": lambda token: f" {token}",
    "newline after": lambda token: f"{token}\n",
    "other alphabet": lambda token: token.replace("-", "+").replace("_", "/"),
    "four parts": lambda token: f"{token}.",
    "four full parts": lambda token: f"{token}.{token.split('.')[2]}",
    "two parts": lambda token: token.rpartition(".")[0],
    "one part": lambda token: token.replace(".", ""),
    "empty header": lambda token: f".{token.partition('.')[2]}",
    "empty claims": lambda token: f"{token.split('.')[0]}..{token.split('.')[2]}",
    "five parts like a JWE": lambda token: f"{token.split('.')[0]}.{'.'.join(['AAAA'] * 4)}",
    "percent encoding": lambda token: token.replace(".", "%2E"),
    "full-width letters": lambda token: token.replace("e", "\uff45"),
    "lone surrogate": lambda token: f"{token}\ud800",
    "NUL": lambda token: f"{token}\x00",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_a_good_token_is_refused(spelling: str) -> None:
    token = signed()
    while not {"-", "_"} & set(token):
        token = signed()

    assert is_refused(SPELLINGS[spelling](token))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_unused_bits_of_the_last_character_must_be_zero(place: int) -> None:
    padded = {0: good_header() | {"cty": "x"}, 1: good_claims()}
    parts = signed(padded[0], padded[1]).split(".")
    while len(parts[place]) % 4 == 0:
        padded[place] = dict(padded[place]) | {"cty": padded[place].get("cty", "") + "x"}
        parts = signed(padded[0], padded[1]).split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(parts[place][-1])
    parts[place] = parts[place][:-1] + alphabet[last + 1]

    assert is_refused(".".join(parts))


def test_a_token_over_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    def of_length(filler: int) -> str:
        return signed(claims=good_claims() | {"filler": "x" * filler})

    filler = next(number for number in range(5000, 6200) if len(of_length(number)) >= MAX_BYTES - 1)
    lengths = {len(of_length(filler + more)): is_refused(of_length(filler + more)) for more in range(-4, 6)}

    assert {length for length, refused in lengths.items() if refused} == {n for n in lengths if n > MAX_BYTES}
    assert False in lengths.values()


@pytest.mark.parametrize("raw", [b"", b"..", b"\xff.\xff.\xff", b"\x80", bytes(300), "é.é.é", "\ud800" * 3])
def test_bytes_that_are_no_token_are_refused_before_any_query(
    raw: str | bytes, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert is_refused(raw)


@given(raw=st.text() | st.binary() | st.from_regex(r"\A[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}\Z"))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_at_all_raises_anything_but_invalid_token(raw: str | bytes) -> None:
    assert is_refused(raw)


@given(header=st.binary(max_size=60), claims=st.binary(max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_signed_bytes_raise_anything_but_invalid_token(header: bytes, claims: bytes) -> None:
    assert is_refused(signed(header, claims))
    assert is_refused(signed(claims=claims))
