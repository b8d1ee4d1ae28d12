"""Public keys of audiences: registered once, several at a time, ended one by one."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from joserfc.jwk import ECKey, OctKey, OKPKey

from accounts import conf
from accounts.audiences.credentials import (
    MOST_LIVE,
    end_audience_credential,
    register_audience_key,
    verify_audience_credential,
)
from accounts.audiences.encryption_keys import register_encryption_key
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import AudienceCredential, UsedAssertion
from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.keys.assertion_jwk import read_assertion_jwk
from accounts.keys.models import SigningKey
from accounts.tokens.client_assertions import verify_client_assertion
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.refresh_sessions.test_parallel import at_once
from tests.api.resource_server import (
    KEYS,
    assertion,
    assertion_claims,
    audience,
    public_jwk,
    register,
    secret_of,
)
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def registered(jwk: Any, code: str = "reports") -> AudienceCredential:
    return register_audience_key(
        audience_id=audience(code).pk, label="server", jwk=jwk, actor=SYSTEM, now=NOW
    )


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_key_says_its_algorithm(algorithm: str) -> None:
    row = register(algorithm)

    assert (row.algorithm, row.kid) == (algorithm, KEYS[algorithm].thumbprint())
    assert row.public_jwk
    assert not {"d", "p", "q", "use", "alg", "kid"} & set(row.public_jwk)


def test_an_rsa_key_that_says_none_signs_by_rs256() -> None:
    assert read_assertion_jwk(KEYS["PS256"].as_dict(private=False)).algorithm == "RS256"


RSA, EC = (KEYS[name].as_dict(private=False) for name in ("RS256", "ES256"))
REFUSED: dict[str, tuple[Any, str]] = {
    "text": ("x", "no_jwk"),
    "a list": ("[]", "no_jwk"),
    "too long": (json.dumps(EC | {"x5c": ["A" * 9000]}), "no_jwk"),
    "nested without end": ("[" * 8000, "no_jwk"),
    "a set": ({"keys": [EC]}, "jwk_set"),
    "private": (KEYS["ES256"].as_dict(private=True), "private_key"),
    "symmetric": (OctKey.generate_key(256).as_dict(private=True), "private_key"),
    "an unknown type": ({"kty": "AKP"}, "key_type"),
    "another curve": (ECKey.generate_key("P-384").as_dict(private=False), "curve"),
    "a curve for encryption": (OKPKey.generate_key("X25519").as_dict(private=False), "curve"),
    "another algorithm": (EC | {"alg": "ES384"}, "key_algorithm"),
    "an algorithm that is no text": (EC | {"alg": ["ES256"]}, "key_algorithm"),
    "a MAC": (RSA | {"alg": "HS256"}, "key_algorithm"),
    "for encryption": (RSA | {"use": "enc"}, "key_use"),
    "for signing": (RSA | {"key_ops": ["sign"]}, "key_use"),
    "a short one": (RSA | {"n": RSA["n"][: len(RSA["n"]) // 2]}, "key_size"),
    "a small exponent": (RSA | {"e": "Aw"}, "weak_key"),
    "no point of the curve": (EC | {"y": EC["x"]}, "unusable_key"),
    "without y": ({name: EC[name] for name in ("kty", "crv", "x")}, "unusable_key"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_prove_anything_is_refused_with_a_word_why(what: str) -> None:
    jwk, code = REFUSED[what]

    with pytest.raises(ValidationError) as refusal:
        registered(jwk)

    assert refusal.value.code == code
    assert not AudienceCredential.objects.exists()


def test_a_key_is_for_one_purpose_of_one_audience() -> None:
    register_encryption_key(audience_id=audience().pk, jwk=EC, actor=SYSTEM, now=NOW)
    ended = registered(RSA)
    end_audience_credential(credential_id=ended.pk, actor=SYSTEM, now=NOW)
    ours = SigningKey.objects.values_list("public_jwk", flat=True)[0]

    for jwk, code in ((EC, "reports"), (EC, "other"), (RSA, "reports"), (RSA, "other"), (ours, "reports")):
        with pytest.raises(ValidationError) as refusal:
            registered(jwk, code)
        assert refusal.value.code == "used_key"


def test_keys_and_secrets_count_together_and_are_audited() -> None:
    for _secret in range(MOST_LIVE - 1):
        secret_of()
    row = register()

    with pytest.raises(ValidationError):
        register("EdDSA")
    created = AuditEvent.objects.filter(type="audience_credential.created").latest("id")
    assert (created.facts["kid"], created.facts["algorithm"]) == (row.kid, "ES256")
    assert AudienceCredential.objects.count() == MOST_LIVE


def test_people_of_a_tenant_register_none() -> None:
    actor = UserFactory.create(roles=["admin"], tenant=TenantFactory.create()).as_actor()

    with pytest.raises(NotPermittedError):
        register_audience_key(audience_id=audience().pk, label="x", jwk=EC, actor=actor, now=NOW)


def test_a_key_is_no_secret() -> None:
    row = register()

    for secret in ("", str(row.kid), "None", json.dumps(row.public_jwk)):
        with pytest.raises(InvalidAudienceCredentialError):
            verify_audience_credential(code="reports", secret=secret)


@pytest.mark.parametrize("changes", [{"digest": "a" * 64}, {"kid": None}, {"algorithm": "HS256"}])
def test_the_database_holds_either_a_secret_or_a_key(changes: dict[str, Any]) -> None:
    row = register()

    with pytest.raises(IntegrityError), transaction.atomic():
        AudienceCredential.objects.filter(pk=row.pk).update(**changes)


def test_command_registers_the_key_of_a_file_and_prints_its_kid(tmp_path: Path) -> None:
    audience()
    file, out = tmp_path / "key.jwk", StringIO()
    file.write_text(json.dumps(public_jwk("ES256")))

    call_command("create_audience_credential", "reports", jwk=file, label="batch", stdout=out)

    assert out.getvalue() == f"{KEYS['ES256'].thumbprint()}\n"
    accepted = verify_client_assertion(
        assertion(assertion_claims(now=NOW)), accepted_audiences={conf.issuer()}, now=NOW
    )
    assert accepted.code == "reports"
    for broken in (tmp_path / "absent", tmp_path, file):
        with pytest.raises(CommandError):
            call_command("create_audience_credential", "reports", jwk=broken)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_who_present_an_assertion_at_once_one_is_let_in() -> None:
    register()
    presented = assertion(assertion_claims(now=NOW))

    def present() -> bool:
        try:
            verify_client_assertion(presented, accepted_audiences={conf.issuer()}, now=NOW)
        except InvalidAudienceCredentialError:
            return False
        return True

    assert sorted(at_once(20, present)) == [False] * 19 + [True]
    assert UsedAssertion.objects.count() == 1
