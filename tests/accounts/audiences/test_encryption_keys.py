"""The keys that tokens are encrypted to: which are accepted, and their life."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.encryption_keys import (
    create_encryption_key,
    register_encryption_key,
    revoke_encryption_key,
)
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audiences.services import change_audience, change_contract, create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.encryption_jwk import read_encryption_jwk
from tests.accounts.audiences.jwks import ALGORITHMS, KEYS, PAIRS
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

EC, RSA = KEYS["EC"], KEYS["RSA"]


@pytest.fixture
def payroll() -> Audience:
    return create_audience(code="payroll", label="Payroll", actor=SYSTEM, now=NOW)


@pytest.fixture
def salary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a source that only an encrypted token may hold."""
    source = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=lambda _given: 1000,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", source)


def register(audience: Audience, jwk: Any) -> EncryptionKey:
    return register_encryption_key(audience_id=audience.pk, jwk=jwk, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("name", KEYS)
def test_a_public_key_is_named_by_its_thumbprint_and_keeps_nothing_else(name: str) -> None:
    read = read_encryption_jwk(json.dumps(KEYS[name] | {"kid": "theirs", "x5c": ["AAAA"], "name": "x"}))

    assert (read.kid, str(read.algorithm)) == (PAIRS[name].thumbprint(), ALGORITHMS[name])
    assert set(read.jwk) <= {"kty", "crv", "x", "y", "n", "e"}


def test_a_public_key_as_webcrypto_exports_it_is_taken() -> None:
    assert read_encryption_jwk(EC | {"key_ops": [], "ext": True}).kid == KEYS["EC"]["kid"]
    with pytest.raises(ValidationError) as refused:
        read_encryption_jwk(KEYS["RSA"] | {"key_ops": []})
    assert refused.value.code == "key_use"


def _rsa(n: int, e: int = 65537) -> dict[str, str]:
    numbers = {"n": n, "e": e}
    encoded = {name: number.to_bytes((number.bit_length() + 7) // 8) for name, number in numbers.items()}
    return {"kty": "RSA"} | {name: _base64(value) for name, value in encoded.items()}


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _modulus() -> int:
    pair = PAIRS["RSA"]
    assert isinstance(pair, RSAKey)
    return pair.public_key.public_numbers().n


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no JSON": (lambda: "-----BEGIN PUBLIC KEY-----", "no_jwk"),
    "too long": (lambda: json.dumps(EC | {"x": "A" * 9000}), "no_jwk"),
    "nested a thousand times": (lambda: "[" * 5000, "no_jwk"),
    "a list": (lambda: [EC], "no_jwk"),
    "nothing": (lambda: "{}", "no_jwk"),
    "kty is a number": (lambda: EC | {"kty": 1}, "no_jwk"),
    "a set": (lambda: {"keys": [EC]}, "jwk_set"),
    "an EC key with its private part": (lambda: PAIRS["EC"].as_dict(private=True), "private_key"),
    "an RSA key with its private part": (lambda: PAIRS["RSA"].as_dict(private=True), "private_key"),
    "one private member": (lambda: RSA | {"qi": "AQAB"}, "private_key"),
    "symmetric": (lambda: OctKey.generate_key(256).as_dict(), "private_key"),
    "another type": (lambda: {"kty": "AKP", "pub": "AAAA"}, "key_type"),
    "a curve for signatures": (lambda: OKPKey.generate_key("Ed25519").as_dict(private=False), "curve"),
    "another curve": (lambda: ECKey.generate_key("secp256k1").as_dict(private=False), "curve"),
    "no curve": (lambda: {name: EC[name] for name in ("kty", "x", "y")}, "curve"),
    "for signatures": (lambda: EC | {"use": "sig"}, "key_use"),
    "for verifying": (lambda: EC | {"use": "enc", "key_ops": ["verify"]}, "key_use"),
    "operations are no list": (lambda: EC | {"key_ops": "wrapKey"}, "key_use"),
    "another algorithm": (lambda: RSA | {"alg": "RSA1_5"}, "key_algorithm"),
    "an algorithm of others": (lambda: EC | {"alg": "RSA-OAEP-256"}, "key_algorithm"),
    "RSA of 1024 bits": (lambda: _rsa((1 << 1023) + 643), "key_size"),
    "RSA of 8192 bits": (lambda: _rsa((1 << 8191) + 643), "key_size"),
    "RSA with exponent 3": (lambda: _rsa(_modulus(), 3), "weak_key"),
    "RSA divisible by 7": (lambda: _rsa((1 << 2047) - (1 << 2047) % 7 + 7), "weak_key"),
    "a point beside the curve": (lambda: EC | {"x": EC["y"], "y": EC["x"]}, "unusable_key"),
    "a point at infinity": (lambda: KEYS["X25519"] | {"x": "A" * 43}, "unusable_key"),
    "not base64": (lambda: EC | {"x": "ñ"}, "unusable_key"),
    "a coordinate too few": (lambda: {name: EC[name] for name in ("kty", "crv", "x")}, "unusable_key"),
    "a coordinate that is a list": (lambda: EC | {"x": [1]}, "unusable_key"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_key_is_refused_with_a_sentence(payroll: Audience, what: str) -> None:
    written, code = REFUSED[what]

    with pytest.raises(ValidationError) as refusal:
        register(payroll, written())

    assert refusal.value.code == code
    assert refusal.value.messages[0].endswith((".", ")"))
    assert not EncryptionKey.objects.exists()


def test_a_new_key_takes_the_place_of_the_one_before_and_that_may_come_back(payroll: Audience) -> None:
    first, second = register(payroll, EC), register(payroll, RSA)

    first.refresh_from_db()
    assert (first.state, second.state) == ("previous", "current")
    assert register(payroll, EC).pk == first.pk
    second.refresh_from_db()
    assert second.state == "previous"
    types = list(AuditEvent.objects.filter(facts__has_key="kid").order_by("id").values_list("facts__kid"))
    assert types == [(first.kid,), (second.kid,), (first.kid,)]


def test_registering_the_current_key_again_changes_nothing(payroll: Audience) -> None:
    register(payroll, EC)
    events = AuditEvent.objects.count()

    assert register(payroll, EC).is_current
    assert AuditEvent.objects.count() == events


def test_a_revoked_key_is_never_accepted_again(payroll: Audience) -> None:
    key = register(payroll, EC)
    assert revoke_encryption_key(kid=key.kid, actor=SYSTEM, now=NOW)
    assert not revoke_encryption_key(kid=key.kid, actor=SYSTEM, now=NOW)

    with pytest.raises(ValidationError, match=r"revoked|revocada") as refusal:
        register(payroll, EC)
    assert refusal.value.code == "revoked_key"


def test_two_audiences_never_share_a_key(payroll: Audience) -> None:
    register(payroll, EC)
    other = create_audience(code="other", label="Other", actor=SYSTEM, now=NOW)

    with pytest.raises(ValidationError) as refusal:
        register(other, EC)
    assert refusal.value.code == "shared_key"


def test_the_private_half_of_a_key_made_here_is_sealed(payroll: Audience) -> None:
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    key = create_encryption_key(audience_id=payroll.pk, algorithm=algorithm, actor=SYSTEM, now=NOW)

    assert key.is_held
    assert key.sealed_private_jwk is not None
    assert b'"d"' not in bytes(key.sealed_private_jwk)
    assert "d" not in key.public_jwk
    assert '"d"' not in json.dumps(list(AuditEvent.objects.values("facts", "changes")))


def test_one_current_key_per_audience_is_held_by_the_database(payroll: Audience) -> None:
    register(payroll, EC)
    register(payroll, RSA)

    with pytest.raises(IntegrityError), transaction.atomic():
        EncryptionKey.objects.update(state="current")


def test_tokens_are_encrypted_only_where_there_is_a_key(payroll: Audience) -> None:
    with pytest.raises(ValidationError) as refusal:
        change_audience(audience_id=payroll.pk, is_encrypted=True, actor=SYSTEM, now=NOW)

    assert list(refusal.value.message_dict) == ["is_encrypted"]
    payroll.refresh_from_db()
    assert not payroll.is_encrypted
    change_audience(audience_id=payroll.pk, is_encrypted=True, encryption_key=EC, actor=SYSTEM, now=NOW)
    payroll.refresh_from_db()
    assert payroll.is_encrypted


def test_authsite_itself_encrypts_only_to_a_key_that_it_holds() -> None:
    own = Audience.objects.get(code=OWN_AUDIENCE)

    with pytest.raises(ValidationError) as refusal:
        register(own, EC)
    assert refusal.value.code == "own_key"
    algorithm = EncryptionAlgorithm.RSA_OAEP_256
    create_encryption_key(audience_id=own.pk, algorithm=algorithm, actor=SYSTEM, now=NOW)
    assert change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=NOW).is_encrypted


SALARY = ContractClaimInput(path="salary", source="salary")


def test_what_is_confidential_goes_into_encrypted_tokens_only(payroll: Audience, salary: None) -> None:
    with pytest.raises(ValidationError) as refusal:
        change_contract(audience_id=payroll.pk, rows=[SALARY], actor=SYSTEM, now=NOW)
    assert refusal.value.code == "confidential"

    change_audience(
        audience_id=payroll.pk,
        rows=[SALARY],
        is_encrypted=True,
        encryption_key=EC,
        actor=SYSTEM,
        now=NOW,
    )
    with pytest.raises(ValidationError):
        change_audience(audience_id=payroll.pk, is_encrypted=False, actor=SYSTEM, now=NOW)
    change_audience(audience_id=payroll.pk, is_encrypted=False, rows=[], actor=SYSTEM, now=NOW)
    assert not payroll.contract_claims.exists()


def test_an_audience_may_begin_encrypted_with_something_confidential(salary: None) -> None:
    audience = create_audience(
        code="hr",
        label="HR",
        rows=[SALARY],
        is_encrypted=True,
        encryption_key=RSA,
        actor=SYSTEM,
        now=NOW,
    )

    assert (audience.is_encrypted, audience.contract_claims.count()) == (True, 1)


def test_staff_of_a_tenant_write_no_keys(payroll: Audience) -> None:
    staff = UserFactory.create(tenant=TenantFactory.create(), is_superuser=True).as_actor()
    key = register(payroll, EC)

    with pytest.raises(NotPermittedError):
        register_encryption_key(audience_id=payroll.pk, jwk=RSA, actor=staff, now=NOW)
    with pytest.raises(NotPermittedError):
        create_encryption_key(
            audience_id=payroll.pk, algorithm=EncryptionAlgorithm.RSA_OAEP_256, actor=staff, now=NOW
        )
    with pytest.raises(NotPermittedError):
        revoke_encryption_key(kid=key.kid, actor=staff, now=NOW)
