"""A service whose tokens are encrypted asks about the signed token that it found inside."""

from __future__ import annotations

import pytest
from django.utils import timezone
from joserfc import jwe

from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.models import Role, User
from accounts.tokens.verification import signed_token_in
from tests.accounts.audiences.jwks import ALGORITHMS, KEYS, PAIRS
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.api.resource_server import REVOKE, Service, post
from tests.scenarios.causes import committed

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}


@pytest.fixture
def payroll(db: None) -> Service:
    """Return a service that has its private key to itself."""
    create_audience(
        code="payroll",
        label="Payroll",
        is_encrypted=True,
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=timezone.now(),
    )
    committed()
    return Service.of("payroll")


def encrypted(api: ApiClient) -> str:
    return str(api.log_in("alice@example.org", audience="payroll")["token"])


def opened(token: str) -> str:
    """Return the signed token inside, as the service finds it."""
    content = jwe.decrypt_compact(token, PAIRS["EC"], algorithms=[ALGORITHMS["EC"], "A256GCM"]).plaintext
    assert content is not None
    return content.decode()


def test_the_signed_token_inside_is_told_about(api: ApiClient, alice: User, payroll: Service) -> None:
    inner = opened(encrypted(api))

    assert payroll.introspect(inner)["sub"] == str(alice.pk)


def test_the_encrypted_token_itself_tells_authsite_nothing(
    api: ApiClient, alice: User, payroll: Service
) -> None:
    assert payroll.introspect(encrypted(api)) == INACTIVE


def test_everywhere_else_the_signed_token_inside_is_refused(
    api: ApiClient, alice: User, payroll: Service
) -> None:
    inner = opened(encrypted(api))

    for path in ("/api/v1/auth/token/", "/api/v1/me/"):
        assert read(api.get(path, Authorization=f"Bearer {inner}"), 401)["code"] == "invalid_token"
    assert Service.of("other").introspect(inner) == INACTIVE


def test_what_was_taken_away_counts_inside_as_well(api: ApiClient, alice: User, payroll: Service) -> None:
    inner = opened(encrypted(api))

    alice.roles.remove(Role.objects.get(code="editor"))
    committed()

    assert payroll.introspect(inner) == INACTIVE


def test_a_token_that_authsite_can_read_is_told_about_either_way(api: ApiClient, alice: User) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    create_encryption_key(audience_id=own.pk, algorithm=algorithm, actor=SYSTEM, now=timezone.now())
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=timezone.now())
    committed()
    service, token = Service.of(own.code), api.log_in("alice@example.org")["token"]

    assert service.introspect(token)["sub"] == str(alice.pk)
    assert service.introspect(signed_token_in(token))["sub"] == str(alice.pk)


def test_a_token_from_before_they_were_encrypted_is_inactive(api: ApiClient, alice: User) -> None:
    reports = create_audience(code="reports", label="Reports", actor=SYSTEM, now=timezone.now())
    bare, service = api.log_in("alice@example.org", audience="reports")["token"], Service.of()
    assert service.introspect(bare)["active"]

    change_audience(
        audience_id=reports.pk,
        is_encrypted=True,
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=timezone.now(),
    )
    committed()

    assert service.introspect(bare) == INACTIVE


def test_revoking_asks_for_the_signed_token_inside(api: ApiClient, alice: User, payroll: Service) -> None:
    token = encrypted(api)

    problem = read(payroll.revoke(token), 400)
    assert (problem["error"], problem["action"]) == ("unsupported_token_type", "give_up")
    assert "firmado" in problem["detail"]
    assert payroll.introspect(opened(token))["active"]

    assert payroll.revoke(opened(token)).status_code == 200
    committed()
    assert payroll.introspect(opened(token)) == INACTIVE


def test_whoever_has_read_it_on_the_way_cannot_revoke_it(
    api: ApiClient, alice: User, payroll: Service
) -> None:
    inner = opened(encrypted(api))

    assert post(REVOKE, {"token": inner}).status_code == 401
    assert Service.of("other").revoke(inner).status_code == 200
    committed()

    assert payroll.introspect(inner)["active"]
