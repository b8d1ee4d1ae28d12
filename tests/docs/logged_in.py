"""A person who has just logged in at a server that runs, whose audience signs with a chosen algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.audiences.models import Audience
from accounts.keys.keyring import keyring
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient
from tests.docs.presented import read_part
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from accounts.keys.algorithms import SigningAlgorithm


def fresh_token(live_server: LiveServer, settings: Settings, algorithm: SigningAlgorithm) -> str:
    """Return the access token of a login, issued by the server that runs."""
    settings.AUTHSITE_ISSUER = live_server.url
    ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=timezone.now())
    Audience.objects.update(signing_algorithm=algorithm)
    keyring.forget()
    UserFactory.create(email="alice@example.org", roles=["editor"])
    token: str = ApiClient().log_in("alice@example.org")["token"]
    assert read_part(token, 0)["alg"] == algorithm
    return token
