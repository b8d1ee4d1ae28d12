"""RFC 7523: JWT Profile for OAuth 2.0 Client Authentication; RFC 7521 and OIDC Core §9 with it."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey

from accounts import conf
from accounts.audiences.credentials import end_audience_credential
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import UsedAssertion
from accounts.tokens.client_assertions import LONGEST_LIFE, verify_client_assertion
from accounts.tokens.compact import json_object, parts_of
from tests.accounts.journeys import NOW, SECOND, SYSTEM
from tests.accounts.tokens.forging import base64url
from tests.api.client import read
from tests.api.resource_server import (
    INTROSPECT,
    KEYS,
    asserting,
    assertion,
    assertion_claims,
    audience,
    post,
    register,
    secret_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.audiences.models import Audience

pytestmark = pytest.mark.django_db

AT = int(NOW.timestamp())
URL = f"{conf.issuer()}{INTROSPECT}"


def good(**changes: Any) -> dict[str, Any]:
    """Return good claims but for the changes; none leaves a claim out."""
    claims = assertion_claims(now=NOW) | changes
    return {name: value for name, value in claims.items() if value is not None}


def accept(presented: str, *, now: datetime = NOW) -> Audience:
    return verify_client_assertion(presented, accepted_audiences={conf.issuer(), URL}, now=now)


def is_refused(presented: str, *, now: datetime = NOW) -> bool:
    with pytest.raises(InvalidAudienceCredentialError):
        accept(presented, now=now)
    return not UsedAssertion.objects.exists()


# --- RFC 7523 §2.2: how it is sent.


def test_section_2_2_the_assertion_type_and_one_assertion_authenticate_the_client() -> None:
    register()

    assert read(post(INTROSPECT, asserting(assertion(), token="x"))) == {"active": False}


@pytest.mark.parametrize("type_", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt"])
def test_section_2_2_another_assertion_type_is_refused(type_: str) -> None:
    register()
    parameters = asserting(assertion(), token="x") | {"client_assertion_type": type_}

    assert read(post(INTROSPECT, parameters), 401)["error"] == "invalid_client"


def test_section_2_2_the_value_must_not_contain_more_than_one_jwt() -> None:
    register()
    two = f"{assertion()} {assertion()}"

    assert read(post(INTROSPECT, asserting(two, token="x")), 401)["error"] == "invalid_client"


def test_rfc_7521_section_4_2_a_client_id_must_identify_the_same_client() -> None:
    register()

    assert post(INTROSPECT, asserting(assertion(), token="x", client_id="reports")).status_code == 200
    answer = post(INTROSPECT, asserting(assertion(), token="x", client_id="other"))
    assert read(answer, 401)["error"] == "invalid_client"


def test_rfc_6749_section_2_3_more_than_one_method_must_not_be_used() -> None:
    register()

    answer = post(INTROSPECT, asserting(assertion(), token="x"), Authorization=secret_of())

    assert read(answer, 400)["error"] == "invalid_request"


# --- RFC 7523 §3: what it must say.


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp"])
def test_section_3_rules_1_to_4_the_claim_is_required(claim: str) -> None:
    register()

    assert is_refused(assertion(good(**{claim: None})))


def test_section_3_rule_2_the_subject_must_be_the_client_id() -> None:
    register()
    audience("other")

    for claims in (good(sub="other"), good(iss="other"), good(iss="other", sub="other")):
        assert is_refused(assertion(claims))


def test_section_3_rule_3_the_issuer_or_the_endpoint_may_be_the_audience() -> None:
    register()

    for aud in (conf.issuer(), URL, [conf.issuer()], [URL, conf.issuer()]):
        assert accept(assertion(good(aud=aud))).code == "reports"


@pytest.mark.parametrize(
    "aud",
    [
        "https://other.example.com",
        conf.issuer() + "/",
        URL.upper(),
        f"{conf.issuer()}/api/v1/oauth/revoke/",
        [],
        [conf.issuer(), "https://other.example.com"],
        conf.issuer() + " ",
        1,
        "",
    ],
)
def test_section_3_rule_3_an_assertion_for_anybody_else_must_be_rejected(aud: Any) -> None:
    register()

    assert is_refused(assertion(good(aud=aud)))


def test_section_3_rule_4_an_expired_assertion_must_be_rejected() -> None:
    register()

    assert is_refused(assertion(good(exp=AT)))
    assert is_refused(assertion(good(exp=AT - 1)))
    assert accept(assertion(good(exp=AT + 1)))


@pytest.mark.parametrize("ahead", [LONGEST_LIFE + timedelta(seconds=31), timedelta(days=365_000)])
def test_section_3_rule_4_an_expiry_unreasonably_far_ahead_may_be_rejected(ahead: timedelta) -> None:
    register()

    assert is_refused(assertion(good(exp=AT + int(ahead.total_seconds()))))
    assert accept(assertion(good(exp=AT + int(LONGEST_LIFE.total_seconds()))))


@pytest.mark.parametrize("exp", [str(AT + 60), "true", f"[{AT + 60}]", "1e400", "NaN", "9" * 400])
def test_section_3_rule_4_the_expiry_is_a_number(exp: str) -> None:
    register()
    written = json.dumps(good(exp="EXP")).replace('"EXP"', exp if exp != str(AT + 60) else f'"{exp}"')

    assert is_refused(assertion(written.encode()))


def test_section_3_rule_5_before_nbf_it_must_not_be_accepted() -> None:
    register()

    assert is_refused(assertion(good(nbf=AT + 31)))
    assert is_refused(assertion(good(nbf="0")))
    assert accept(assertion(good(nbf=AT)))


def test_section_3_rule_6_an_assertion_from_the_future_is_refused_and_iat_is_optional() -> None:
    register()

    assert is_refused(assertion(good(iat=AT + 31)))
    assert is_refused(assertion(good(iat=True)))
    assert accept(assertion(good(iat=None)))


def test_section_3_rule_7_an_assertion_is_used_once() -> None:
    register()
    presented = assertion(good())
    assert accept(presented).code == "reports"

    for later in (NOW, NOW + 59 * SECOND):
        with pytest.raises(InvalidAudienceCredentialError, match="used before"):
            accept(presented, now=later)
    with pytest.raises(InvalidAudienceCredentialError, match="used before"):
        accept(assertion(good(jti=_jti(presented), exp=AT + 120)))


def test_section_3_rule_7_audiences_do_not_use_up_each_others_ids() -> None:
    register()
    register("EdDSA", "other")

    assert accept(assertion(good(jti="1")))
    assert accept(assertion(good(iss="other", sub="other", jti="1"), algorithm="EdDSA")).code == "other"


@pytest.mark.parametrize("jti", [None, "", 1, "a" * 256])
def test_oidc_core_section_9_the_jti_is_required(jti: Any) -> None:
    register()

    assert is_refused(assertion(good(jti=jti)))


def test_section_3_rule_8_other_claims_and_header_members_do_not_hinder() -> None:
    register()

    assert accept(assertion(good(scope="x", team=[1]), kid="2026-11", typ="JWT", x5t="abc", mine=1))


@pytest.mark.parametrize("algorithm", KEYS)
def test_section_3_rule_9_it_must_be_signed_by_the_client(algorithm: str) -> None:
    register(algorithm)

    assert accept(assertion(good(), algorithm=algorithm)).code == "reports"


def test_section_3_rule_9_an_invalid_signature_must_be_rejected() -> None:
    register()
    presented = assertion(good())
    header, payload, signature = presented.split(".")
    other = assertion(good(jti="x")).split(".")

    assert is_refused(assertion(good(), key=ECKey.generate_key("P-256")))
    assert is_refused(f"{header}.{other[1]}.{signature}")
    assert is_refused(f"{header}.{payload}.")
    assert is_refused(f"{header}.{payload}.AAAA")
    assert is_refused(f"{header}.{payload}")


def test_section_3_rule_10_what_is_no_jwt_must_be_rejected() -> None:
    register()

    duplicates = json.dumps(good())[:-1].encode() + b', "sub": "reports"}'
    for presented in ("", "x", "a.b.c", "é", "a" * 9000, assertion(b"[]"), assertion(duplicates)):
        assert is_refused(presented)


# --- RFC 8725: what an attacker would try.


def test_the_key_decides_the_algorithm() -> None:
    register("RS256")
    public = KEYS["RS256"].as_pem(private=False)
    header, payload, _signature = assertion(good(), algorithm="RS256", alg="HS256").split(".")
    mac = hmac.new(public, f"{header}.{payload}".encode(), "sha256").digest()

    assert is_refused(assertion(good(), algorithm="PS256", key=KEYS["RS256"]))
    assert is_refused(f"{header}.{payload}.{base64url(mac)}")
    assert is_refused(assertion(good(), algorithm="RS256", alg="none"))
    assert is_refused(assertion(good(), algorithm="RS256", alg="HS256"))
    assert accept(assertion(good(), algorithm="RS256"))


def test_a_key_in_the_header_is_never_looked_at() -> None:
    register()
    strangers = ECKey.generate_key("P-256")

    assert is_refused(assertion(good(), key=strangers, jwk=strangers.as_dict(private=False)))


@pytest.mark.parametrize("typ", ["at+jwt", "changes+jwt", "dpop+jwt", 1])
def test_a_jwt_of_another_type_is_no_assertion(typ: Any) -> None:
    register()

    assert is_refused(assertion(good(), typ=typ))
    assert accept(assertion(good(), typ="client-authentication+jwt"))


def test_what_is_critical_and_not_understood_is_refused() -> None:
    register()

    assert is_refused(assertion(good(), crit=["exp"], exp=1))


# --- Rotation.


def test_several_keys_are_accepted_at_once_and_an_ended_one_is_refused_at_once() -> None:
    old, _new = register("ES256"), register("EdDSA")
    assert accept(assertion(good()))
    assert accept(assertion(good(), algorithm="EdDSA"))

    end_audience_credential(credential_id=old.pk, actor=SYSTEM, now=NOW)

    with pytest.raises(InvalidAudienceCredentialError):
        accept(assertion(good()))
    assert accept(assertion(good(), algorithm="EdDSA"))


def test_a_retired_audience_is_refused() -> None:
    register()
    row = audience()
    row.retired_at = NOW
    row.save()

    assert is_refused(assertion(good()))


def test_a_key_speaks_for_its_own_audience_alone() -> None:
    register()
    secret_of("other")

    assert is_refused(assertion(good(iss="other", sub="other")))


def _jti(presented: str) -> str:
    return str(json_object(parts_of(presented)[1])["jti"])
