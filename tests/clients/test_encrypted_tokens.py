"""A resource server on Node reads its encrypted tokens, with the program of docs/clients/node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import create_audience
from tests.accounts.audiences.jwks import KEYS, PAIRS
from tests.accounts.journeys import SYSTEM, start_session
from tests.clients.nodes import run
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("name", KEYS)
def test_jose_decrypts_and_verifies(
    node_project: Path, live_server: LiveServer, settings: Settings, name: str
) -> None:
    settings.AUTHSITE_ISSUER = live_server.url
    create_audience(
        code="payroll",
        label="Payroll",
        rows=[ContractClaimInput(path="roles", source="roles")],
        is_encrypted=True,
        encryption_key=KEYS[name],
        actor=SYSTEM,
        now=timezone.now(),
    )
    alice = UserFactory.create(roles=["admin", "editor"])
    token = start_session(alice, audience="payroll", now=timezone.now()).access_token
    private = node_project / f"{name}.jwk"
    private.write_text(json.dumps(PAIRS[name].as_dict(private=True)))

    printed = run(
        "node",
        node_project,
        "read-encrypted-token.mjs",
        given=token,
        ISSUER=live_server.url,
        AUDIENCE="payroll",
        KEY_FILE=str(private),
    )

    claims = json.loads(printed)
    assert (claims["sub"], claims["aud"], claims["roles"]) == (str(alice.pk), "payroll", ["admin", "editor"])
