"""Asking for a reset, as many tests of the services do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.services.password_links import request_password_reset
from tests.accounts.journeys import NOW, ORIGIN
from tests.accounts.mailed import mail_to, token_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User


@pytest.fixture
def ask(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[..., str]:
    """Return what asks for a reset, and reads the token in the mail."""

    def ask(user: User, email: str = "") -> str:
        with django_capture_on_commit_callbacks(execute=True):
            request_password_reset(email=email or user.email, origin=ORIGIN, now=NOW)
        return token_in(mail_to(user.email))

    return ask
