"""RFC 9068: JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens, and the date types of RFC 7519."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.models import Audience, ContractClaim
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.errors import InvalidTokenError
from accounts.tokens.verification import verify_access_token
from tests.accounts.journeys import NOW, OWN_AUDIENCE, claims_of, refresh, start_session
from tests.accounts.tokens.forging import base64url, good_claims, good_header, part_of, signed
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


def issue(user: User) -> str:
    return start_session(user).access_token


def refusal_of(token: str) -> str:
    with pytest.raises(InvalidTokenError) as refusal:
        verify_access_token(token, now=NOW)
    return refusal.value.code


def test_section_2_1_access_tokens_must_be_signed(alice: User) -> None:
    assert json_object(parts_of(issue(alice))[0])["alg"] == "ES256"
    assert (
        refusal_of(f"{part_of(good_header() | {'alg': 'none'})}.{part_of(good_claims())}.") == "invalid_token"
    )


def test_section_2_1_the_type_is_at_jwt_without_the_application_prefix(alice: User) -> None:
    assert json_object(parts_of(issue(alice))[0])["typ"] == "at+jwt"


@pytest.mark.parametrize("claim", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_section_2_2_the_required_claims_are_always_there(alice: User, claim: str) -> None:
    ContractClaim.objects.all().delete()

    assert claim in claims_of(issue(alice))


@pytest.mark.parametrize("claim", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_section_2_2_a_token_without_a_required_claim_is_refused(claim: str) -> None:
    claims = good_claims()
    del claims[claim]

    assert refusal_of(signed(claims=claims)) == "invalid_token"


def test_section_2_2_1_auth_time_stays_the_same_at_every_refresh(alice: User) -> None:
    audience = Audience.objects.get(code=OWN_AUDIENCE)
    for path in ("auth_time", "amr"):
        ContractClaim.objects.create(audience=audience, path=path, source=path)
    tokens = start_session(alice)
    later = refresh(tokens.refresh_token)

    for token in (tokens.access_token, later.access_token):
        assert claims_of(token)["auth_time"] == int(NOW.timestamp())
        assert claims_of(token)["amr"] == ["pwd"]


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt"])
def test_section_4_both_spellings_of_the_type_are_accepted(typ: str) -> None:
    assert claims_of(signed(good_header() | {"typ": typ}))["aud"] == OWN_AUDIENCE


@pytest.mark.parametrize("typ", ["JWT", "jwt", "dpop+jwt", "logout+jwt", ""])
def test_section_4_any_other_type_must_be_rejected(typ: str) -> None:
    assert refusal_of(signed(good_header() | {"typ": typ})) == "invalid_token"


def test_section_4_the_issuer_must_match_exactly() -> None:
    assert refusal_of(signed(claims=good_claims() | {"iss": good_claims()["iss"] + "/"})) == "invalid_token"


def test_section_4_the_current_time_must_be_before_exp() -> None:
    assert refusal_of(signed(claims=good_claims() | {"exp": int(NOW.timestamp())})) == "token_expired"


def test_section_5_a_refresh_token_is_no_access_token(alice: User) -> None:
    assert refusal_of(start_session(alice).refresh_token) == "invalid_token"


def raw_claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


@pytest.mark.parametrize("claim", ["exp", "iat"])
def test_rfc_7519_section_2_a_numeric_date_is_a_json_number_of_whole_seconds(alice: User, claim: str) -> None:
    assert type(raw_claims(issue(alice))[claim]) is int


def test_rfc_7519_section_4_1_2_and_4_1_3_subject_and_audience_are_strings(alice: User) -> None:
    claims = raw_claims(issue(alice))

    assert (type(claims["sub"]), type(claims["aud"])) == (str, str)


def test_rfc_7519_section_4_claim_names_must_be_unique() -> None:
    written = json.dumps(good_claims())[:-1] + ', "sub": "mallory"}'

    assert refusal_of(signed(claims=written.encode())) == "invalid_token"


def test_rfc_7515_section_2_base64url_has_neither_padding_nor_line_breaks(alice: User) -> None:
    for part in issue(alice).split("."):
        assert base64url(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) == part


def test_rfc_7515_section_4_1_11_what_is_critical_and_not_understood_is_refused() -> None:
    assert refusal_of(signed(good_header() | {"crit": ["exp"], "exp": 1})) == "invalid_token"
