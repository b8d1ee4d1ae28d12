"""What encrypts private keys is a class that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from typing_extensions import override

from accounts.keys.keyring import keyring
from accounts.keys.sealing import Sealer, sealer
from accounts.keys.services import prepare_next_key, promote_next_key
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.keys.stages import ALGORITHM, current

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


class Backwards(Sealer):
    """No encryption at all, for tests."""

    @property
    @override
    def version(self) -> int:
        return 77

    @override
    def seal(self, private_jwk: bytes, *, bound_to: bytes) -> bytes:
        return private_jwk[::-1]

    @override
    def unseal(self, sealed: bytes, *, version: int, bound_to: bytes) -> bytes:
        return sealed[::-1]


@pytest.mark.django_db
def test_keys_are_sealed_by_the_class_that_the_settings_name(settings: Settings) -> None:
    current()
    settings.AUTHSITE_KEY_SEALER = "tests.accounts.keys.test_sealer.Backwards"

    key = prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)
    promote_next_key(kid=key.kid, actor=SYSTEM, now=NOW, although_unpublished=True)

    assert key.sealed_with == 77
    assert bytes(key.sealed_private_jwk)[::-1].startswith(b"{")
    assert keyring.signing_key(ALGORITHM).private.thumbprint() == key.kid


@pytest.mark.parametrize(
    "path",
    ["nowhere.AtAll", "accounts.keys.sealing.Missing", "accounts.keys.sealing.Sealer", "builtins.dict"],
)
def test_a_class_that_is_no_sealer_stops_the_start(settings: Settings, path: str) -> None:
    settings.AUTHSITE_KEY_SEALER = path

    with pytest.raises(ImproperlyConfigured, match=path):
        sealer()
    assert "keys.E001" in {message.id for message in run_checks(tags=["security"])}
