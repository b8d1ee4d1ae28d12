"""The class that docs/keys.md prints hands every private key to a key management service."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.keys.keyring import keyring
from accounts.keys.models import SigningKey
from accounts.keys.sealing import _made
from accounts.keys.services import prepare_next_key
from accounts.services.resealing import reseal_keys
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.keys.stages import ALGORITHM, current
from tests.docs.blocks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

FIRST = 1_000_000_001


class Refused(Exception):  # noqa: N818 - the service's own
    """What the service raises."""


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """Have the printed class encrypt, with a service in memory."""
    key = AESGCM(AESGCM.generate_key(256))

    def encrypt(_name: str, plain: bytes, *, context: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + key.encrypt(nonce, plain, context)

    def decrypt(_name: str, sealed: bytes, *, context: bytes) -> bytes:
        try:
            return key.decrypt(sealed[:12], sealed[12:], context)
        except InvalidTag as error:
            raise Refused from error

    service, company, printed = ModuleType("kms"), ModuleType("ourcompany"), ModuleType("ourcompany.keys")
    vars(service).update(encrypt=encrypt, decrypt=decrypt, Refused=Refused)
    vars(company).update(kms=service)
    for module in (company, printed):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    code = blocks_of("keys.md", "Your own KMS")["python"]
    exec(compile(code, "docs/keys.md", "exec"), vars(printed))  # noqa: S102 - the page's own
    settings.AUTHSITE_KEY_SEALER = "ourcompany.keys.KmsSealer"
    yield
    _made.cache_clear()


@pytest.mark.usefixtures("kms")
def test_new_keys_are_encrypted_by_the_service_and_old_ones_still_open(settings: Settings) -> None:
    old = keyring.signing_key("ES256")
    current()
    made = prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)
    keyring.forget()

    assert (old.row.sealed_with, made.sealed_with) == (1, FIRST)
    for key in keyring.keys().values():
        assert key.private.thumbprint() == key.kid


@pytest.mark.usefixtures("kms")
def test_every_key_is_handed_over_and_an_exchanged_row_does_not_open(settings: Settings) -> None:
    current()
    list(reseal_keys(actor=SYSTEM, now=NOW))

    keyring.forget()
    assert set(SigningKey.objects.values_list("sealed_with", flat=True)) == {FIRST}
    assert keyring.signing_key("ES256").private.thumbprint() == keyring.signing_key("ES256").kid
    one, other = SigningKey.objects.order_by("pk")
    one.sealed_private_jwk = other.sealed_private_jwk
    one.save()
    keyring.forget()
    with pytest.raises(Exception, match="cannot decrypt"):
        _private = keyring.keys()[one.kid].private
