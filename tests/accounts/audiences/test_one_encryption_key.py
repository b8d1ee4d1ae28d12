"""One key is one row, however it is spelt and whoever is faster."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.audiences import encryption_keys
from accounts.audiences.encryption_keys import register_encryption_key, revoke_encryption_key
from accounts.audiences.services import create_audience
from accounts.keys.encryption_jwk import read_encryption_jwk
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.audiences.models import Audience, EncryptionKey
    from accounts.keys.encryption_jwk import PublicEncryptionKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def payroll() -> Audience:
    return create_audience(code="payroll", label="Payroll", actor=SYSTEM, now=NOW)


def register(audience: Audience, jwk: Any) -> EncryptionKey:
    return register_encryption_key(audience_id=audience.pk, jwk=jwk, actor=SYSTEM, now=NOW)


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _padded(name: str, member: str) -> dict[str, Any]:
    """Return the key with zeros before one of its numbers: the same number, spelt otherwise."""
    number = base64.urlsafe_b64decode(KEYS[name][member] + "==")
    return KEYS[name] | {member: _base64(b"\0\0" + number)}


@pytest.mark.parametrize(
    ("name", "member"), [("RSA", "n"), ("RSA", "e"), ("EC", "x"), ("P-521", "y")], ids=str
)
def test_another_spelling_of_a_key_is_the_same_key(payroll: Audience, name: str, member: str) -> None:
    key = register(payroll, KEYS[name])
    assert read_encryption_jwk(_padded(name, member)).jwk == key.public_jwk
    revoke_encryption_key(kid=key.kid, actor=SYSTEM, now=NOW)

    with pytest.raises(ValidationError) as refusal:
        register(payroll, _padded(name, member))
    assert refusal.value.code == "revoked_key"


@pytest.mark.parametrize("change", [lambda u: u | 1 << 255, lambda _u: 2**255 - 19 + 9], ids=["bit", "size"])
def test_what_x25519_takes_for_another_number_is_refused(change: Callable[[int], int]) -> None:
    number = int.from_bytes(base64.urlsafe_b64decode(KEYS["X25519"]["x"] + "=="), "little")

    with pytest.raises(ValidationError) as refusal:
        read_encryption_jwk(KEYS["X25519"] | {"x": _base64(change(number).to_bytes(32, "little"))})
    assert refusal.value.code == "unusable_key"


def test_a_key_that_another_audience_took_a_moment_ago_stays_there(
    payroll: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = create_audience(code="theirs", label="Theirs", actor=SYSTEM, now=NOW)
    made = encryption_keys._row  # noqa: SLF001 - the moment in between

    def just_after_them(audience: Audience, public: PublicEncryptionKey, *rest: Any) -> EncryptionKey:
        key = made(theirs, public, *rest)
        key.state = "current"
        key.save(force_insert=True)
        return made(audience, public, *rest)

    monkeypatch.setattr(encryption_keys, "_row", just_after_them)
    with pytest.raises(IntegrityError), transaction.atomic():
        register(payroll, KEYS["EC"])
