"""Audiences and their contracts: reading and changing them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.contracts import read_contract
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.services import (
    change_audience,
    change_contract,
    create_audience,
    restore_audience,
    retire_audience,
)
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.audit.models import AuditEvent
from accounts.keys.models import SigningKey
from accounts.keys.services import prepare_next_key
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM
from tests.accounts.keys.stages import ALGORITHM, PUBLISHED_LONG_ENOUGH

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def nominas() -> Audience:
    return create_audience(code="nominas", label="Nóminas", actor=SYSTEM, now=NOW)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-id")[0]


def test_the_users_contract_exists_after_the_migrations_to_the_letter() -> None:
    contract = read_contract(OWN_AUDIENCE)

    assert [(row.path, row.source.name, row.required) for row in contract.rows] == [
        ("user_roles", "roles", True),
        ("custom_data.departamento", "department_code", True),
        ("custom_data.permisos_especiales", "special_permissions", True),
        ("tenant_id", "tenant_id", False),
    ]
    assert (contract.access_lifetime, contract.max_token_bytes) == (timedelta(hours=8), 2048)
    assert (contract.signing_algorithm, contract.version) == ("ES256", 1)


def test_reading_a_contract_is_one_query(
    nominas: Audience, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert len(read_contract(OWN_AUDIENCE).rows) == 4
    with django_assert_num_queries(1):
        assert read_contract(nominas.code).rows == ()


@pytest.mark.parametrize("code", ["nobody", "", "API-MI-APLICACION", f"{OWN_AUDIENCE} "])
def test_an_unknown_audience_has_no_contract(code: str) -> None:
    with pytest.raises(UnknownAudienceError):
        read_contract(code)


def test_a_contract_of_an_unregistered_source_is_an_error_that_names_it(nominas: Audience) -> None:
    ContractClaim.objects.create(audience=nominas, path="a", source="gone")

    with pytest.raises(ClaimSourceError) as refusal:
        read_contract("nominas")
    assert refusal.value.facts["source"] == "gone"


def test_a_changed_contract_is_a_new_version_with_an_event_of_before_and_after(nominas: Audience) -> None:
    rows = [
        ContractClaimInput(path="roles", source="roles"),
        ContractClaimInput(path="n", source="name", required=False),
    ]
    change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)

    contract = read_contract("nominas")
    assert [(row.path, row.required) for row in contract.rows] == [("roles", True), ("n", False)]
    assert contract.version == 2
    assert last_event().type == "claim_contract.changed"
    assert last_event().changes == {"claims": [[], ["roles ← roles", "n ← name (optional)"]]}


def test_an_audience_created_with_its_contract_begins_with_the_first_version() -> None:
    rows = [ContractClaimInput(path="roles", source="roles")]

    made = create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)

    assert (made.contract_version, read_contract("reports").version) == (1, 1)
    assert last_event().changes == {"claims": [[], ["roles ← roles"]]}
    change_contract(audience_id=made.pk, rows=[], actor=SYSTEM, now=NOW)
    assert read_contract("reports").version == 2


def test_a_contract_has_at_most_64_claims(nominas: Audience) -> None:
    rows = [ContractClaimInput(path=f"claim_{number}", source="name") for number in range(65)]

    with pytest.raises(ValidationError, match="65") as refusal:
        change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationError):
        create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)

    assert refusal.value.code == "too_many_claims"
    assert not Audience.objects.filter(code="reports").exists()
    change_contract(audience_id=nominas.pk, rows=rows[:64], actor=SYSTEM, now=NOW)
    assert len(read_contract("nominas").rows) == 64


def test_the_order_of_the_rows_is_part_of_the_contract(nominas: Audience) -> None:
    rows = [ContractClaimInput(path=name, source=name) for name in ("roles", "email")]
    change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)
    change_contract(audience_id=nominas.pk, rows=rows[::-1], actor=SYSTEM, now=NOW)

    assert [row.path for row in read_contract("nominas").rows] == ["email", "roles"]
    assert read_contract("nominas").version == 3


def test_the_same_contract_again_is_no_new_version(nominas: Audience) -> None:
    rows = [ContractClaimInput(path="roles", source="roles")]
    change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)
    events = AuditEvent.objects.count()

    change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)

    assert (read_contract("nominas").version, AuditEvent.objects.count()) == (2, events)


@pytest.mark.parametrize(
    "rows",
    [
        [("sub", "name")],
        [("a", "nothing")],
        [("a", "roles"), ("a.b", "name")],
        [("a", "roles"), ("a", "name")],
        [("__proto__.x", "roles")],
    ],
)
def test_a_contract_that_cannot_stand_is_refused_as_a_whole(
    nominas: Audience, rows: list[tuple[str, str]]
) -> None:
    written = [ContractClaimInput(path=path, source=source) for path, source in rows]

    with pytest.raises(ValidationError):
        change_contract(audience_id=nominas.pk, rows=written, actor=SYSTEM, now=NOW)
    assert read_contract("nominas").version == 1


def test_a_confidential_source_is_refused(nominas: Audience, monkeypatch: pytest.MonkeyPatch) -> None:
    salary = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=lambda _given: 1,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", salary)

    rows = [ContractClaimInput(path="salary", source="salary")]
    with pytest.raises(ValidationError, match="salary"):
        change_contract(audience_id=nominas.pk, rows=rows, actor=SYSTEM, now=NOW)


def test_authsites_own_audience_cannot_be_retired() -> None:
    own = Audience.objects.get(code=OWN_AUDIENCE)

    with pytest.raises(ValidationError):
        retire_audience(audience_id=own.pk, actor=SYSTEM, now=NOW)
    assert read_contract(OWN_AUDIENCE).audience == OWN_AUDIENCE


def test_authsites_own_audience_keeps_a_budget_that_its_tokens_fit_into(nominas: Audience) -> None:
    own = Audience.objects.get(code=OWN_AUDIENCE)

    with pytest.raises(ValidationError, match="1024") as refusal:
        change_audience(audience_id=own.pk, max_token_bytes=1023, actor=SYSTEM, now=NOW)
    assert set(refusal.value.message_dict) == {"max_token_bytes"}
    assert read_contract(OWN_AUDIENCE).max_token_bytes == 2048
    change_audience(audience_id=own.pk, max_token_bytes=1024, actor=SYSTEM, now=NOW)
    change_audience(audience_id=nominas.pk, max_token_bytes=512, actor=SYSTEM, now=NOW)

    own.delete()
    with pytest.raises(ValidationError, match="1024"):
        create_audience(code=OWN_AUDIENCE, label="Own", max_token_bytes=512, actor=SYSTEM, now=NOW)


def test_a_retired_audience_gets_no_token_until_it_is_restored(nominas: Audience) -> None:
    retire_audience(audience_id=nominas.pk, actor=SYSTEM, now=NOW)
    assert last_event().type == "audience.retired"
    with pytest.raises(UnknownAudienceError):
        read_contract("nominas")

    restore_audience(audience_id=nominas.pk, actor=SYSTEM, now=NOW)
    assert last_event().type == "audience.restored"
    assert read_contract("nominas").audience == "nominas"


def test_choosing_an_algorithm_has_the_key_sign_that_was_prepared_for_it(nominas: Audience) -> None:
    key = prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW - PUBLISHED_LONG_ENOUGH)

    change_audience(audience_id=nominas.pk, signing_algorithm="EdDSA", actor=SYSTEM, now=NOW)

    assert SigningKey.objects.current().get(algorithm="EdDSA") == key
    assert last_event().changes == {"signing_algorithm": ["ES256", "EdDSA"]}


@pytest.mark.parametrize(
    ("prepare", "code"), [(False, "no_signing_key"), (True, "not_published_long_enough")]
)
def test_an_algorithm_is_refused_whose_key_verifiers_may_not_know(
    nominas: Audience,
    prepare: bool,  # noqa: FBT001 - a parameter
    code: str,
) -> None:
    if prepare:
        prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=NOW)

    with pytest.raises(ValidationError) as refusal:
        change_audience(audience_id=nominas.pk, signing_algorithm="EdDSA", actor=SYSTEM, now=NOW)

    assert [error.code for error in refusal.value.error_dict["signing_algorithm"]] == [code]
    assert read_contract("nominas").signing_algorithm == "ES256"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"access_lifetime": timedelta(0)}, "audience_lifetime_in_range"),
        ({"access_lifetime": timedelta(days=2)}, "audience_lifetime_in_range"),
        ({"max_token_bytes": 100}, "audience_budget_in_range"),
        ({"max_token_bytes": 9000}, "audience_budget_in_range"),
        ({"signing_algorithm": "HS256"}, "audience_algorithm_known"),
        ({"code": "Upper"}, "audience_code_format"),
    ],
)
def test_what_no_audience_can_be_is_refused_by_service_and_database(
    nominas: Audience, fields: dict[str, object], constraint: str
) -> None:
    if "code" not in fields:
        with pytest.raises(ValidationError):
            change_audience(audience_id=nominas.pk, actor=SYSTEM, now=NOW, **fields)  # type: ignore[arg-type] # a table
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Audience.objects.filter(pk=nominas.pk).update(**fields)


def test_the_database_holds_a_path_once_per_audience(nominas: Audience) -> None:
    ContractClaim.objects.create(audience=nominas, path="a", source="roles")

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractClaim.objects.create(audience=nominas, path="a", source="name")
