"""A new refresh secret reaches one host after another: nobody is logged out, and an old one opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.refresh_sessions.errors import (
    InvalidRefreshTokenError,
    RefreshError,
    SecretNotYetKnownError,
)
from accounts.refresh_sessions.opaque_tokens import make_refresh_token
from tests.accounts.journeys import refresh, row_of

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

NEW = {2: b"new secret" * 4}


def test_host_that_lacks_the_new_secret_says_wait(phone: IssuedTokens, settings: Settings) -> None:
    old = settings.AUTHSITE_REFRESH_SECRETS
    settings.AUTHSITE_REFRESH_SECRETS = old | NEW
    stepped = refresh(phone.refresh_token)
    settings.AUTHSITE_REFRESH_SECRETS = old

    for presented in (stepped.refresh_token, phone.refresh_token):  # the successor, and a retry
        with pytest.raises(SecretNotYetKnownError) as refusal:
            refresh(presented)
        assert not isinstance(refusal.value, RefreshError)

    settings.AUTHSITE_REFRESH_SECRETS = old | NEW
    assert refresh(stepped.refresh_token).sid == phone.sid
    assert row_of(phone).ended_at is None


def test_replaced_secret_is_ahead_of_nothing(phone: IssuedTokens, settings: Settings) -> None:
    forged = make_refresh_token(sid=phone.sid, generation=9, secret_version=1)
    settings.AUTHSITE_REFRESH_SECRETS = settings.AUTHSITE_REFRESH_SECRETS | NEW
    stepped = refresh(phone.refresh_token)

    with pytest.raises(InvalidRefreshTokenError):
        refresh(forged)

    assert row_of(phone).ended_at is None
    assert refresh(stepped.refresh_token).sid == phone.sid
