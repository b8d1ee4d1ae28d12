"""authsite's own API where its tokens are encrypted: everything goes on as before, and bare tokens do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.encryption_keys import create_encryption_key, revoke_encryption_key
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audiences.services import change_audience, change_contract
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.verification import signed_token_in
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
REFRESH = f"{V1}/auth/refresh/"


@pytest.fixture(params=EncryptionAlgorithm, autouse=True)
def key(request: pytest.FixtureRequest, db: None) -> EncryptionKey:
    """Return the key that authsite made for itself."""
    own, now = Audience.objects.get(code="api-mi-aplicacion"), timezone.now()
    made = create_encryption_key(audience_id=own.pk, algorithm=request.param, actor=SYSTEM, now=now)
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now)
    committed()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_protected_example_answers_an_encrypted_token(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["token"]

    assert token.count(".") == 4
    assert read(api.get(f"{V1}/user-data/"))["departamento"] == "finanzas"


def test_reading_it_costs_no_query(
    api: ApiClient,
    alice: User,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api.log_in("alice@example.org")
    keep_log()

    with django_assert_num_queries(0):
        read(api.get(f"{V1}/user-data/"))


def test_the_three_helpers_say_what_is_inside(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")

    said = read(api.get(f"{V1}/auth/token/"))

    assert (said["identity"], said["header"]["alg"]) == (str(alice.pk), "ES256")
    assert said["claims"]["user_roles"] == ["admin", "editor"]


def test_what_is_confidential_is_not_told_to_whoever_carries_the_token(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=lambda _given: 98765,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", source)
    own = Audience.objects.get(code="api-mi-aplicacion")
    rows = [
        ContractClaimInput(path=row.path, source=row.source, required=row.required)
        for row in own.contract_claims.all()
    ]
    pay = ContractClaimInput(path="custom_data.pay", source="salary")
    change_contract(audience_id=own.pk, rows=[*rows, pay], actor=SYSTEM, now=timezone.now())
    committed()
    token = api.log_in("alice@example.org")["token"]

    said = read(api.get(f"{V1}/auth/token/"))["claims"]

    inside = json_object(parts_of(signed_token_in(token))[1])
    assert inside["custom_data"] == said["custom_data"] | {"pay": 98765}
    assert "98765" not in str(said)


def test_what_is_inside_opens_nothing_by_itself(api: ApiClient, alice: User) -> None:
    inside = signed_token_in(api.log_in("alice@example.org")["token"])

    problem = read(api.get(f"{V1}/user-data/", **bearer(inside)), 401)

    assert (problem["code"], problem["action"]) == ("invalid_token", "refresh")


def test_the_conventional_endpoints_go_on(api: ApiClient, alice: User) -> None:
    body = {"email": "alice@example.org", "password": "correct horse battery staple"}
    pair = read(api.post("/api/token/", body))

    assert pair["access"].count(".") == 4
    assert read(api.post("/api/token/verify/", {"token": pair["access"]})) == {}
    assert read(api.post("/api/token/refresh/", {"refresh": pair["refresh"]}))["access"].count(".") == 4


def test_logging_out_by_an_encrypted_token_ends_the_session(api: ApiClient, alice: User) -> None:
    kept = api.log_in("alice@example.org")

    assert api.send("POST", f"{V1}/auth/logout/").status_code == 204

    api.token = ""
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}), 401)["code"] == "session_ended"


def test_a_revoked_key_leads_to_no_bare_token(api: ApiClient, alice: User, key: EncryptionKey) -> None:
    kept = api.log_in("alice@example.org")
    revoke_encryption_key(kid=key.kid, actor=SYSTEM, now=timezone.now())
    committed()

    assert read(api.get(f"{V1}/user-data/"), 401)["action"] == "refresh"
    api.token = ""
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}), 500)["code"] == "token_unissuable"
    create_encryption_key(
        audience_id=key.audience_id,
        algorithm=EncryptionAlgorithm.ECDH_ES_A256KW,
        actor=SYSTEM,
        now=timezone.now(),
    )
    committed()
    assert read(api.post(REFRESH, {"refresh": kept["refresh"]}))["token"].count(".") == 4
