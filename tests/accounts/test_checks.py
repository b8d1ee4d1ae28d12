"""The system checks of the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience, ContractClaim, EncryptionKey
from accounts.audiences.services import change_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.checks import check_installation, check_personal_claims
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.models import User
from accounts.services.sample_organisation import create_sample_organisation
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.core.checks import CheckMessage
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def messages() -> list[CheckMessage]:
    return check_installation(databases=["default"])


def ids() -> list[str | None]:
    return [message.id for message in messages()]


def test_a_migrated_database_passes() -> None:
    assert ids() == []


def test_no_database_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert check_installation(databases=None) == []
        assert check_installation(databases=["other"]) == []


def test_e001_the_own_audience_must_exist(settings: Settings) -> None:
    settings.AUTHSITE_AUDIENCE = "nobody"

    assert ids() == ["accounts.E001"]
    assert "'nobody'" in messages()[0].msg


def test_e001_and_be_in_force() -> None:
    Audience.objects.update(retired_at=NOW)

    assert ids() == ["accounts.E001"]


def test_e002_every_source_of_a_contract_must_be_registered() -> None:
    ContractClaim.objects.filter(path="user_roles").update(source="gone")

    assert ids() == ["accounts.E002"]
    assert "'user_roles'" in messages()[0].msg
    assert "'gone'" in messages()[0].msg


def test_e003_every_algorithm_in_use_must_have_a_current_key() -> None:
    SigningKey.objects.update(state=KeyState.PREVIOUS)

    assert ids() == ["accounts.E003"]
    assert "ES256" in messages()[0].msg


def test_e004_the_current_key_must_open_and_the_wanted_version_is_named(settings: Settings) -> None:
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {2: b"x" * 32}

    assert ids() == ["accounts.E004"]
    assert "as version 1" in str(messages()[0].hint)


def test_e005_production_refuses_a_database_with_sample_people(settings: Settings) -> None:
    create_sample_organisation(password=PASSWORD, now=NOW)
    assert ids() == []

    settings.AUTHSITE_IS_PRODUCTION = True

    assert ids() == ["accounts.E005"]


def test_e005_is_silent_when_the_sample_people_are_deleted(settings: Settings) -> None:
    create_sample_organisation(password=PASSWORD, now=NOW)
    User.objects.all().delete()
    settings.AUTHSITE_IS_PRODUCTION = True

    assert ids() == []


@pytest.fixture
def salary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a source that only an encrypted token may hold."""
    source = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=lambda _given: 1,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", source)


def test_e008_nothing_confidential_is_only_signed(salary: None) -> None:
    audience = Audience.objects.create(code="hr", label="HR")
    audience.contract_claims.create(path="salary", source="salary")

    assert ids() == ["accounts.E008"]
    assert "'salary'" in messages()[0].msg
    Audience.objects.filter(code="hr").update(is_encrypted=True)
    assert ids() == ["accounts.W009"]


def test_e010_authsite_reads_its_own_tokens() -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    Audience.objects.update(is_encrypted=True)
    assert ids() == ["accounts.W009"]
    EncryptionKey.objects.create(
        kid="k", audience=own, algorithm="RSA-OAEP-256", state="current", public_jwk={}, created_at=NOW
    )

    assert ids() == ["accounts.E010"]


def test_e011_what_authsite_reads_its_own_tokens_with_must_open(settings: Settings) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    made_with = settings.AUTHSITE_KEY_ENCRYPTION_KEYS
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {**made_with, 7: b"x" * 32}
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    create_encryption_key(audience_id=own.pk, algorithm=algorithm, actor=SYSTEM, now=NOW)
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=NOW)
    assert ids() == []

    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = made_with

    assert ids() == ["accounts.E011"]
    assert "as version 7" in str(messages()[0].hint)


def test_w008_personal_claims_that_are_only_signed_are_named() -> None:
    assert check_personal_claims() == []
    audience = Audience.objects.create(code="hr", label="HR")
    audience.contract_claims.create(path="mail", source="email")

    (warning,) = check_personal_claims()

    assert (warning.id, "'mail'" in warning.msg) == ("accounts.W008", True)
    Audience.objects.update(is_encrypted=True)
    assert check_personal_claims() == []
