"""What every test of the domain gets."""

from __future__ import annotations

import pytest

from accounts.keys.keyring import keyring


@pytest.fixture(autouse=True)
def ring_of_its_own() -> None:
    """Forget the keys of the test before, whose rows are gone."""
    keyring.forget()
