"""What a pasted text is, and what of it is true."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.explanations.pasted.recognised import Kind, Recognised, Signature, Times, recognise
from accounts.explanations.pasted.text import MAX_PASTED
from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.refresh_sessions.opaque_tokens import make_device_token, make_refresh_token
from accounts.tokens.decryption_keys import encryption
from tests.accounts.journeys import DAY, NOW, SECOND, start_session
from tests.accounts.tokens.forging import base64url, good_claims, good_header, part_of, signed, strangers_key
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

FOREIGN = {"iss": "https://login.example.net", "sub": "0", "role": "emperor"}


@pytest.fixture
def tokens() -> IssuedTokens:
    return start_session(UserFactory.create(roles=["editor"]))


def looked_at(pasted: str, *, later: timedelta = timedelta(0)) -> Recognised:
    return recognise(pasted, now=NOW + later)


def summary(pasted: str, *, later: timedelta = timedelta(0)) -> tuple[Kind, Signature]:
    recognised = looked_at(pasted, later=later)
    return recognised.kind, recognised.signature


def test_access_token_is_told_with_its_verified_claims(tokens: IssuedTokens) -> None:
    recognised = looked_at(f"Bearer {tokens.access_token}\n")

    assert (recognised.kind, recognised.signature) == (Kind.ACCESS_TOKEN, Signature.RIGHT)
    assert recognised.times is Times.LIVE
    assert recognised.claims["sid"] == str(tokens.sid)
    assert recognised.kid == keyring.signing_key("ES256").kid


def test_expired_token_still_says_what_it_said(tokens: IssuedTokens) -> None:
    recognised = looked_at(tokens.access_token, later=DAY)

    assert (recognised.kind, recognised.times) == (Kind.ACCESS_TOKEN, Times.EXPIRED)
    assert recognised.claims["user_roles"] == ["editor"]


def test_token_of_a_fast_clock_is_not_yet(tokens: IssuedTokens) -> None:
    recognised = looked_at(tokens.access_token, later=-DAY)

    assert (recognised.kind, recognised.times) == (Kind.ACCESS_TOKEN, Times.NOT_YET)
    assert recognised.claims["user_roles"] == ["editor"]


def test_every_single_altered_character_is_noticed(tokens: IssuedTokens) -> None:
    token = tokens.access_token
    for place in range(0, len(token), 7):
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

        assert not looked_at(altered).claims, place


@pytest.mark.parametrize("later", [timedelta(0), DAY, -DAY])
def test_altered_claims_are_withheld_whatever_their_times(tokens: IssuedTokens, later: timedelta) -> None:
    header, _payload, signature = tokens.access_token.split(".")
    forged = part_of(good_claims() | {"user_roles": ["admin"]})

    recognised = looked_at(f"{header}.{forged}.{signature}", later=later)

    assert (recognised.kind, recognised.signature) == (Kind.ALTERED, Signature.WRONG)
    assert not recognised.claims


def test_token_that_lost_its_end_is_altered(tokens: IssuedTokens) -> None:
    assert looked_at(tokens.access_token[:-5]).kind is Kind.ALTERED


def test_token_of_another_issuer_is_foreign_and_its_claims_are_withheld() -> None:
    header = good_header() | {"kid": "k1", "typ": "JWT"}

    recognised = looked_at(signed(header, FOREIGN, key=strangers_key()))

    assert (recognised.kind, recognised.signature) == (Kind.FOREIGN_TOKEN, Signature.NOT_CHECKED)
    assert recognised.issuer == FOREIGN["iss"]
    assert not recognised.claims
    assert "emperor" not in repr(recognised)


def test_token_of_another_issuer_that_our_key_signed_is_foreign() -> None:
    assert summary(signed(claims=good_claims() | FOREIGN)) == (Kind.FOREIGN_TOKEN, Signature.RIGHT)


def test_token_of_a_strangers_key_that_names_ours_is_altered() -> None:
    assert summary(signed(key=strangers_key())) == (Kind.ALTERED, Signature.WRONG)


@pytest.mark.parametrize("state", ["revoked", "missing"])
def test_token_of_no_usable_key_is_withheld(tokens: IssuedTokens, state: str) -> None:
    if state == "revoked":
        SigningKey.objects.update(state=KeyState.REVOKED)
    else:
        SigningKey.objects.all().delete()
    keyring.forget()

    recognised = looked_at(tokens.access_token)

    assert (recognised.kind, recognised.signature) == (Kind.OF_NO_USABLE_KEY, Signature.UNKNOWN_KEY)
    assert not recognised.claims


def test_other_documents_of_ours_are_no_access_tokens() -> None:
    assert summary(signed(good_header() | {"typ": "changes+jwt"})) == (
        Kind.OTHER_JWT,
        Signature.NOT_CHECKED,
    )
    assert summary(signed(claims=good_claims() | {"sid": 7})) == (Kind.OTHER_JWT, Signature.RIGHT)


@pytest.mark.parametrize(
    "times", [{"iat": 10**18, "exp": 10**18}, {"iat": 5, "exp": 5}, {"iat": -(10**17), "exp": 0}]
)
def test_impossible_times_are_no_fault_and_prove_nothing(times: dict[str, int]) -> None:
    recognised = looked_at(signed(claims=good_claims() | times))

    assert (recognised.kind, recognised.signature) == (Kind.OTHER_JWT, Signature.RIGHT)
    assert not recognised.claims


def test_encrypted_token_is_told_by_its_header() -> None:
    header = part_of({"alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "kid": "theirs", "aud": "payroll"})

    recognised = looked_at(f"{header}..aXY.Y2lwaGVydGV4dA.dGFn")

    assert (recognised.kind, recognised.signature) == (Kind.ENCRYPTED_TOKEN, Signature.NOT_CHECKED)
    assert recognised.header == {
        "cty": "JWT",
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": "theirs",
        "aud": "payroll",
    }


def test_what_a_stranger_wrote_is_shown_without_tricks() -> None:
    header = good_header() | {"kid": "ours\u202e\x00" + "k" * 500}

    recognised = looked_at(signed(header, {"iss": "x\n\u2066y"}, key=strangers_key()))

    assert recognised.issuer == "x\ufffd\ufffdy"
    assert recognised.kid == "ours\ufffd\ufffd" + "k" * 114 + "…"


def test_refresh_token_is_told_by_its_mac(tokens: IssuedTokens, settings: Settings) -> None:
    token = tokens.refresh_token

    recognised = looked_at(token)
    assert (recognised.kind, recognised.signature) == (Kind.REFRESH_TOKEN, Signature.RIGHT)
    assert recognised.refresh is not None
    assert recognised.refresh.sid == tokens.sid

    end = "A" if token[-1] != "A" else "E"
    assert summary(token[:-1] + end) == (Kind.ALTERED_REFRESH_TOKEN, Signature.WRONG)
    newer = make_refresh_token(sid=tokens.sid, generation=1, secret_version=1).replace("1.", "2.", 1)
    assert summary(newer) == (Kind.REFRESH_TOKEN_OF_NO_SECRET, Signature.UNKNOWN_KEY)
    settings.AUTHSITE_REFRESH_SECRETS = {2: b"another secret of thirty-two byte"}
    assert summary(token) == (Kind.REFRESH_TOKEN_OF_NO_SECRET, Signature.UNKNOWN_KEY)


def test_device_token_is_told_by_its_form() -> None:
    assert looked_at(make_device_token(sub=uuid4(), device_id=uuid4())).kind is Kind.DEVICE_TOKEN


def test_what_is_recognised_holds_nothing_that_could_be_used(tokens: IssuedTokens) -> None:
    for token in (tokens.access_token, tokens.refresh_token, tokens.access_token[:-3] + "AAA"):
        for part in (token, *token.split(".")):
            assert len(part) < 32 or part == tokens.sid.hex or part not in repr(looked_at(token))


@pytest.mark.parametrize(
    ("pasted", "kind"),
    [
        ("", Kind.NOTHING),
        (" \n", Kind.NOTHING),
        ("hello there", Kind.GARBAGE),
        ("a.b.c", Kind.GARBAGE),
        ("e30.e30.e30", Kind.GARBAGE),
        ("W10.W10.W10", Kind.GARBAGE),
        ("1.2.3.4.5", Kind.GARBAGE),
        ("\x00" * 50, Kind.GARBAGE),
        ("x" * 1_000_000, Kind.TOO_LONG),
        ("eyJ" + "A" * (MAX_PASTED - 3), Kind.GARBAGE),
    ],
)
def test_garbage_is_told_as_what_it_is(pasted: str, kind: Kind) -> None:
    assert looked_at(pasted).kind is kind


def test_long_and_deep_tokens_are_no_fault() -> None:
    claims = base64url(b'{"iss":' + b"[" * 20_000)
    header = base64url(json.dumps({"alg": "ES256", "kid": "k" * 5000, "typ": ["x"] * 50}).encode())

    recognised = looked_at(f"{header}.{claims}.{'A' * 86}")

    assert recognised.kind is Kind.FOREIGN_TOKEN
    assert len(str(recognised.header)) < 400


@given(
    st.from_regex(r"[\w-]{0,9}(\.[\w-]{0,60}){1,5}", fullmatch=True) | st.binary(max_size=99).map(base64url)
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_is_pasted_proves_nothing(text: str) -> None:
    recognised = looked_at(text)

    assert not recognised.claims
    assert recognised.signature is not Signature.RIGHT


def test_looking_writes_nothing_and_takes_no_query(
    tokens: IssuedTokens, django_assert_num_queries: object
) -> None:
    keyring.keys(), encryption.value()
    with django_assert_num_queries(0):  # type: ignore[operator] # pytest-django's fixture
        looked_at(tokens.access_token, later=SECOND)
        looked_at(tokens.access_token, later=DAY)
        looked_at(tokens.refresh_token)
