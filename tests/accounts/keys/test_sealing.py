"""Private keys at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys.errors import SealedKeyUnreadableError
from accounts.keys.sealing import NONCE_BYTES, seal, unseal

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

PRIVATE = b'{"kty":"EC","d":"private"}'


@given(private=st.binary(max_size=4096), kid=st.text(max_size=43), algorithm=st.text(max_size=8))
def test_what_was_sealed_opens_again(private: bytes, kid: str, algorithm: str) -> None:
    sealed, version = seal(private, kid=kid, algorithm=algorithm)

    assert unseal(sealed, version=version, kid=kid, algorithm=algorithm) == private


def test_sealed_bytes_do_not_show_what_they_hold_and_never_repeat() -> None:
    first, _version = seal(PRIVATE, kid="k", algorithm="ES256")
    second, _version = seal(PRIVATE, kid="k", algorithm="ES256")

    assert b"private" not in first
    assert first[:NONCE_BYTES] != second[:NONCE_BYTES]
    assert first[NONCE_BYTES:] != second[NONCE_BYTES:]


@pytest.mark.parametrize(("kid", "algorithm"), [("other", "ES256"), ("k", "EdDSA"), ("ES256 k", "")])
def test_row_with_exchanged_kid_or_algorithm_does_not_open(kid: str, algorithm: str) -> None:
    sealed, version = seal(PRIVATE, kid="k", algorithm="ES256")

    with pytest.raises(SealedKeyUnreadableError):
        unseal(sealed, version=version, kid=kid, algorithm=algorithm)


@given(data=st.data())
def test_no_altered_bit_opens(data: st.DataObject) -> None:
    sealed, version = seal(PRIVATE, kid="k", algorithm="ES256")
    place = data.draw(st.integers(0, len(sealed) - 1))
    altered = bytearray(sealed)
    altered[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(SealedKeyUnreadableError):
        unseal(bytes(altered), version=version, kid="k", algorithm="ES256")


@pytest.mark.parametrize("length", [0, 1, NONCE_BYTES - 1, NONCE_BYTES, NONCE_BYTES + 15])
def test_truncated_row_is_unreadable_and_nothing_else(length: int) -> None:
    sealed, version = seal(PRIVATE, kid="k", algorithm="ES256")

    with pytest.raises(SealedKeyUnreadableError):
        unseal(sealed[:length], version=version, kid="k", algorithm="ES256")


def test_missing_key_encryption_key_says_which_version_is_wanted() -> None:
    sealed, _version = seal(PRIVATE, kid="k", algorithm="ES256")

    with pytest.raises(SealedKeyUnreadableError) as refusal:
        unseal(sealed, version=7, kid="k", algorithm="ES256")

    assert refusal.value.facts == {"kid": "k", "key_encryption_key": 7}


def test_after_rotation_new_keys_are_sealed_with_the_new_key_and_old_ones_still_open(
    settings: Settings,
) -> None:
    old, old_version = seal(PRIVATE, kid="k", algorithm="ES256")
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = settings.AUTHSITE_KEY_ENCRYPTION_KEYS | {9: b"n" * 32}
    new, new_version = seal(PRIVATE, kid="k", algorithm="ES256")

    assert (old_version, new_version) == (1, 9)
    assert unseal(old, version=old_version, kid="k", algorithm="ES256") == PRIVATE
    assert unseal(new, version=new_version, kid="k", algorithm="ES256") == PRIVATE


def test_key_encryption_key_of_the_same_version_but_other_bytes_opens_nothing(settings: Settings) -> None:
    sealed, version = seal(PRIVATE, kid="k", algorithm="ES256")
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {version: b"x" * 32}

    with pytest.raises(SealedKeyUnreadableError):
        unseal(sealed, version=version, kid="k", algorithm="ES256")
