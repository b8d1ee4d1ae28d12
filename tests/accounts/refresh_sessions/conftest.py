"""Alice and her phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.refresh_sessions.session_tokens import Device
from tests.accounts.journeys import start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


@pytest.fixture
def phone(alice: User) -> IssuedTokens:
    """Return the tokens of a login at ``NOW``."""
    return start_session(alice, device=Device(name="Pixel", platform="android"))
