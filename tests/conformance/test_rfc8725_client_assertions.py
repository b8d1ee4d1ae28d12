"""RFC 8725: JSON Web Token Best Current Practices, for client assertions; and how keys are replaced."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from joserfc.jwk import ECKey

from accounts.audiences.credentials import end_audience_credential
from accounts.audiences.errors import InvalidAudienceCredentialError
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.tokens.forging import base64url
from tests.api.resource_server import KEYS, assertion, audience, register, secret_of
from tests.conformance.asserting import accept, good, is_refused

pytestmark = pytest.mark.django_db


def test_section_3_1_the_key_decides_the_algorithm() -> None:
    register("RS256")
    public = KEYS["RS256"].as_pem(private=False)
    header, payload, _signature = assertion(good(), algorithm="RS256", alg="HS256").split(".")
    mac = hmac.new(public, f"{header}.{payload}".encode(), "sha256").digest()

    assert is_refused(assertion(good(), algorithm="PS256", key=KEYS["RS256"]))
    assert is_refused(f"{header}.{payload}.{base64url(mac)}")
    assert is_refused(assertion(good(), algorithm="RS256", alg="none"))
    assert is_refused(assertion(good(), algorithm="RS256", alg="HS256"))
    assert accept(assertion(good(), algorithm="RS256")) == "reports"


def test_section_3_10_a_key_in_the_header_is_never_looked_at() -> None:
    register()
    strangers = ECKey.generate_key("P-256")

    assert is_refused(assertion(good(), key=strangers, jwk=strangers.as_dict(private=False)))


@pytest.mark.parametrize("typ", ["at+jwt", "changes+jwt", "dpop+jwt", 1])
def test_section_3_11_a_jwt_of_another_type_is_no_assertion(typ: Any) -> None:
    register()

    assert is_refused(assertion(good(), typ=typ))
    assert accept(assertion(good(), typ="client-authentication+jwt")) == "reports"


def test_what_is_critical_and_not_understood_is_refused() -> None:
    register()

    assert is_refused(assertion(good(), crit=["exp"], exp=1))


# --- Rotation.


def test_several_keys_are_accepted_at_once_and_an_ended_one_is_refused_at_once() -> None:
    old, _new = register("ES256"), register("EdDSA")
    assert accept(assertion(good())) == "reports"
    assert accept(assertion(good(), algorithm="EdDSA")) == "reports"

    end_audience_credential(credential_id=old.pk, actor=SYSTEM, now=NOW)

    with pytest.raises(InvalidAudienceCredentialError):
        accept(assertion(good()))
    assert accept(assertion(good(), algorithm="EdDSA")) == "reports"


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
