"""RFC 7523: JWT Profile for OAuth 2.0 Client Authentication; RFC 7521 and OIDC Core §9 with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from accounts import conf
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.tokens.client_assertions import LONGEST_LIFE
from accounts.tokens.compact import json_object, parts_of
from tests.accounts.journeys import NOW, SECOND
from tests.api.client import read
from tests.api.resource_server import (
    INTROSPECT,
    KEYS,
    asserting,
    assertion,
    audience,
    post,
    register,
    secret_of,
)
from tests.conformance.asserting import AT, URL, accept, good, is_refused

pytestmark = pytest.mark.django_db


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
        assert accept(assertion(good(aud=aud))) == "reports"


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
    assert accept(assertion(good(exp=AT + 1))) == "reports"


@pytest.mark.parametrize("ahead", [LONGEST_LIFE + timedelta(seconds=31), timedelta(days=365_000)])
def test_section_3_rule_4_an_expiry_unreasonably_far_ahead_may_be_rejected(ahead: timedelta) -> None:
    register()

    assert is_refused(assertion(good(exp=AT + int(ahead.total_seconds()))))
    assert accept(assertion(good(exp=AT + int(LONGEST_LIFE.total_seconds())))) == "reports"


@pytest.mark.parametrize("exp", [str(AT + 60), "true", f"[{AT + 60}]", "1e400", "NaN", "9" * 400])
def test_section_3_rule_4_the_expiry_is_a_number(exp: str) -> None:
    register()
    written = json.dumps(good(exp="EXP")).replace('"EXP"', exp if exp != str(AT + 60) else f'"{exp}"')

    assert is_refused(assertion(written.encode()))


def test_section_3_rule_5_before_nbf_it_must_not_be_accepted() -> None:
    register()

    assert is_refused(assertion(good(nbf=AT + 31)))
    assert is_refused(assertion(good(nbf="0")))
    assert accept(assertion(good(nbf=AT))) == "reports"


def test_section_3_rule_6_an_assertion_from_the_future_is_refused_and_iat_is_optional() -> None:
    register()

    assert is_refused(assertion(good(iat=AT + 31)))
    assert is_refused(assertion(good(iat=True)))
    assert accept(assertion(good(iat=None))) == "reports"


def test_section_3_rule_7_an_assertion_is_used_once() -> None:
    register()
    presented = assertion(good())
    assert accept(presented) == "reports"

    for later in (NOW, NOW + 59 * SECOND):
        with pytest.raises(InvalidAudienceCredentialError, match="used before"):
            accept(presented, now=later)
    with pytest.raises(InvalidAudienceCredentialError, match="used before"):
        accept(assertion(good(jti=_jti(presented), exp=AT + 120)))


def test_section_3_rule_7_audiences_do_not_use_up_each_others_ids() -> None:
    register()
    register("EdDSA", "other")

    assert accept(assertion(good(jti="1"))) == "reports"
    assert accept(assertion(good(iss="other", sub="other", jti="1"), algorithm="EdDSA")) == "other"


@pytest.mark.parametrize("jti", [None, "", 1, "a" * 256])
def test_oidc_core_section_9_the_jti_is_required(jti: Any) -> None:
    register()

    assert is_refused(assertion(good(jti=jti)))


def test_section_3_rule_8_other_claims_and_header_members_do_not_hinder() -> None:
    register()

    assert accept(assertion(good(scope="x", team=[1]), kid="2026-11", x5t="abc", mine=1)) == "reports"


@pytest.mark.parametrize("algorithm", KEYS)
def test_section_3_rule_9_it_must_be_signed_by_the_client(algorithm: str) -> None:
    register(algorithm)

    assert accept(assertion(good(), algorithm=algorithm)) == "reports"


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


def _jti(presented: str) -> str:
    return str(json_object(parts_of(presented)[1])["jti"])
