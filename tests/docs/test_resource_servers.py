"""What docs/resource-servers.md prints, run as it is printed, against a server."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.credentials import create_audience_credential, register_audience_key
from accounts.audiences.services import create_audience
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.docs.blocks import blocks_of
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from accounts.audiences.models import Audience

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PAGE, PRINTED_AT = "resource-servers.md", "http://127.0.0.1:8000"


@pytest.fixture
def reports(live_server: LiveServer, settings: Settings) -> Audience:
    """Return the audience of the page, at a server that is its own issuer."""
    settings.AUTHSITE_ISSUER = live_server.url
    UserFactory.create(email="alice@example.org", roles=["admin", "editor"])
    rows = [ContractClaimInput(path="groups", source="roles")]
    return create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=timezone.now())


def login() -> dict[str, Any]:
    return ApiClient().log_in("alice@example.org", audience="reports")


def run(heading: str, live_server: LiveServer, **variables: str) -> str:
    """Run the block of shell below a heading."""
    script = blocks_of(PAGE, heading)["sh"].replace(PRINTED_AT, live_server.url)
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", script],
        env=variables | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    return done.stdout


def test_the_metadata_is_as_printed(reports: Audience, live_server: LiveServer) -> None:
    printed = blocks_of(PAGE, "Where everything is")["json"].replace(PRINTED_AT, live_server.url)

    assert read(ApiClient().get("/.well-known/oauth-authorization-server")) == json.loads(printed)


def test_curl_introspects(reports: Audience, live_server: LiveServer) -> None:
    _row, secret = create_audience_credential(
        audience_id=reports.pk, label="web", actor=SYSTEM, now=timezone.now()
    )

    said = json.loads(run("Introspection", live_server, SECRET=secret, TOKEN=login()["token"]))

    assert said["groups"] == ["admin", "editor"]
    assert set(said) == set(json.loads(blocks_of(PAGE, "Introspection")["json"]))


def test_curl_revokes(reports: Audience, live_server: LiveServer) -> None:
    assert run("Revocation", live_server, REFRESH=login()["refresh"]) == ""

    assert RefreshSession.objects.get().ended_at is not None


def test_python_introspects_with_a_key(reports: Audience, live_server: LiveServer) -> None:
    names: dict[str, Any] = {}
    exec(blocks_of(PAGE, "With a key")["python"].replace(PRINTED_AT, live_server.url), names)  # noqa: S102 - the documentation's own code
    register_audience_key(
        audience_id=reports.pk, label="web", jwk=names["PUBLIC_JWK"], actor=SYSTEM, now=timezone.now()
    )
    token = login()["token"]

    for _request in range(2):
        assert names["introspect"](token)["groups"] == ["admin", "editor"]
    assert names["introspect"](token + "x") == {"active": False}
