"""Contracts that cannot stand are refused by the service, with a sentence that says what to do."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.audiences.claim_paths import validate_claim_path
from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput, validate_contract
from accounts.audiences.models import Audience
from accounts.audiences.registered_claims import REGISTERED_CLAIMS, validate_registered_name
from accounts.audiences.services import change_contract, create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from tests.accounts.audiences.refused_contracts import TOO_LONG, Refused, for_each_refused
from tests.accounts.journeys import NOW, SYSTEM


def sentence_of(refusal: pytest.ExceptionInfo[ValidationError], language: str) -> str:
    with translation.override(language):
        return str(refusal.value.messages[0])


def written(refused: Refused) -> list[ContractClaimInput]:
    return [ContractClaimInput(path=path, source=source) for path, source in refused.rows]


@for_each_refused
@pytest.mark.django_db
def test_it_is_refused_as_a_whole_with_its_sentence(refused: Refused) -> None:
    audience = create_audience(code="nominas", label="Nóminas", actor=SYSTEM, now=NOW)
    fine = ContractClaimInput(path="fine", source="locale")

    with pytest.raises(ValidationError) as refusal:
        change_contract(audience_id=audience.pk, rows=[fine, *written(refused)], actor=SYSTEM, now=NOW)

    assert refused.sentence in sentence_of(refusal, "en")
    assert not audience.contract_claims.exists()
    with pytest.raises(ValidationError):
        create_audience(code="new", label="New", rows=written(refused), actor=SYSTEM, now=NOW)
    assert not Audience.objects.filter(code="new").exists()


@for_each_refused
def test_its_sentence_is_spanish_in_spanish(refused: Refused) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_contract(written(refused))

    spanish = sentence_of(refusal, "es")
    assert refused.sentence not in spanish
    assert "«" in spanish or "Escriba" in spanish


def test_200_levels_are_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_contract([ContractClaimInput(path=TOO_LONG, source="locale")])

    assert refusal.value.code == "path_too_long"


@pytest.mark.parametrize(
    "source", [s for s in CLAIM_SOURCES.values() if s.registered_as], ids=lambda source: source.name
)
def test_a_source_stands_under_each_registered_name_that_it_has(source: ClaimSource) -> None:
    for name in source.registered_as:
        assert REGISTERED_CLAIMS[name.lower()] == name
        validate_contract([ContractClaimInput(path=name, source=source.name)])


@pytest.mark.parametrize("path", ["custom.email", "custom.Scope", "email_of_work", "custom_data.roles"])
def test_registered_names_are_free_below_the_top_and_within_others(path: str) -> None:
    validate_contract([ContractClaimInput(path=path, source="department_code")])


def test_a_source_of_ones_own_opens_the_registered_name_that_it_declares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scope = ClaimSource(
        name="scope",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=lambda _given: "",
        registered_as=("scope",),
    )
    monkeypatch.setitem(CLAIM_SOURCES, "scope", scope)

    validate_contract([ContractClaimInput(path="scope", source="scope")])
    with pytest.raises(ValidationError) as refusal:
        validate_contract([ContractClaimInput(path="scope", source="roles")])
    assert "may come from scope alone" in sentence_of(refusal, "en")


def test_each_registered_name_is_one_that_a_path_could_be() -> None:
    assert len(REGISTERED_CLAIMS) > 120
    for name in REGISTERED_CLAIMS.values():
        try:
            validate_claim_path(name)
        except ValidationError as refusal:
            assert refusal.code == "path_reserved"  # noqa: PT017 - all others must pass
        else:
            with pytest.raises(ValidationError):
                validate_registered_name(name, "department_code")
