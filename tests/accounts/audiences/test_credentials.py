"""Secrets of audiences: shown once, several at a time, ended one by one."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.audiences.credentials import (
    MOST_LIVE,
    create_audience_credential,
    end_audience_credential,
    verify_audience_credential,
)
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential
from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM
from tests.factories import TenantFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Audience:
    return Audience.objects.get(code=OWN_AUDIENCE)


def create(audience: Audience) -> tuple[AudienceCredential, str]:
    return create_audience_credential(audience_id=audience.pk, label="server", actor=SYSTEM, now=NOW)


def test_secret_is_that_of_its_audience_alone_and_is_not_stored(own: Audience) -> None:
    other = Audience.objects.create(code="reports", label="Reports")
    row, secret = create(own)
    create(other)

    assert verify_audience_credential(code=OWN_AUDIENCE, secret=secret) == own
    assert secret not in str(AudienceCredential.objects.values())
    for code, presented in (
        ("reports", secret),
        (OWN_AUDIENCE, str(row.digest)),
        (OWN_AUDIENCE, ""),
        ("", secret),
    ):
        with pytest.raises(InvalidAudienceCredentialError):
            verify_audience_credential(code=code, secret=presented)


def test_one_is_replaced_while_both_work(own: Audience) -> None:
    (old, old_secret), (_new, new_secret) = create(own), create(own)
    assert verify_audience_credential(code=OWN_AUDIENCE, secret=old_secret) == own

    assert end_audience_credential(credential_id=old.pk, actor=SYSTEM, now=NOW)
    assert not end_audience_credential(credential_id=old.pk, actor=SYSTEM, now=NOW)

    assert verify_audience_credential(code=OWN_AUDIENCE, secret=new_secret) == own
    with pytest.raises(InvalidAudienceCredentialError):
        verify_audience_credential(code=OWN_AUDIENCE, secret=old_secret)
    assert AuditEvent.objects.filter(type="audience_credential.ended").count() == 1


def test_retired_audience_is_refused(own: Audience) -> None:
    _row, secret = create(own)
    Audience.objects.update(retired_at=NOW)

    with pytest.raises(InvalidAudienceCredentialError):
        verify_audience_credential(code=OWN_AUDIENCE, secret=secret)


def test_too_many_live_ones_are_refused(own: Audience) -> None:
    for _ in range(MOST_LIVE):
        create(own)

    with pytest.raises(ValidationError):
        create(own)
    assert AudienceCredential.objects.count() == MOST_LIVE


def test_people_of_a_tenant_create_none(own: Audience) -> None:
    actor = UserFactory.create(roles=["admin"], tenant=TenantFactory.create()).as_actor()

    with pytest.raises(NotPermittedError):
        create_audience_credential(audience_id=own.pk, label="x", actor=actor, now=NOW)


def test_command_prints_the_secret_and_nothing_else(own: Audience) -> None:
    out = StringIO()

    call_command("create_audience_credential", OWN_AUDIENCE, label="nightly", stdout=out)

    assert verify_audience_credential(code=OWN_AUDIENCE, secret=out.getvalue().strip()) == own
    with pytest.raises(CommandError, match=OWN_AUDIENCE):
        call_command("create_audience_credential", "nowhere")
