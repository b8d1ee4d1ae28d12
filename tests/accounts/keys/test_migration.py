"""Keys that were made before their life was known go on signing and verifying."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.keys.models import SigningKey
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.keys.stages import ALGORITHM

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

INSERT = """INSERT INTO keys_signingkey
    (kid, algorithm, state, public_jwk, sealed_private_jwk, sealed_with, created_at)
    VALUES (%s, 'EdDSA', %s, %s, %s, 1, %s)"""


def test_keys_of_each_state_get_the_moments_that_are_safe() -> None:
    made = ensure_current_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)
    SigningKey.objects.filter(algorithm=ALGORITHM).delete()
    try:
        call_command("migrate", "keys", "0001", verbosity=0)
        with connection.cursor() as cursor:
            for state in ("current", "next", "previous"):
                cursor.execute(INSERT, [state, state, json.dumps(made.public_jwk), b"x", NOW])
    finally:
        call_command("migrate", verbosity=0)

    signing, waiting, previous = (SigningKey.objects.get(pk=kid) for kid in ("current", "next", "previous"))
    assert (signing.published_at, signing.state_changed_at) == (NOW, NOW)
    just_now = timezone.now() - timedelta(minutes=5)
    assert waiting.published_at > just_now
    assert previous.may_go_from is not None
    assert previous.may_go_from > just_now + timedelta(hours=24)
