"""An administrator gives a resource server a credential, and ends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accounts.audiences.credentials import verify_audience_credential
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential
from accounts.audit.models import AuditEvent
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    event_types,
    list_url,
    page_url,
    save,
    signed_in,
)
from tests.factories import TenantFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
OWN = "api-mi-aplicacion"


def created(boss: Client) -> str:
    own = Audience.objects.get(code=OWN)
    answer = save(boss, add_url(AudienceCredential), audience=own.pk, label="nightly")
    assert "no-store" in answer["Cache-Control"]
    return str(re.findall(r'<code id="secret">([^<]{43})</code>', answer.content.decode())[0])


def test_secret_is_shown_once_and_works(boss: Client) -> None:
    secret = created(boss)

    assert verify_audience_credential(code=OWN, secret=secret).code == OWN
    assert event_types() == ["audience_credential.created"]
    for page in (list_url(AudienceCredential), page_url(AudienceCredential.objects.get())):
        assert secret not in boss.get(page).content.decode()
    assert secret not in str(AuditEvent.objects.values_list("facts", "changes"))
    assert secret not in str(list(boss.cookies.values()))


def test_ended_credential_is_refused_and_stays_in_the_list(boss: Client) -> None:
    secret, row = created(boss), AudienceCredential.objects.get()

    act_on(boss, [row], "end_selected", confirmed="yes", expected=1)

    with pytest.raises(InvalidAudienceCredentialError):
        verify_audience_credential(code=OWN, secret=secret)
    assert "nightly" in boss.get(list_url(AudienceCredential)).content.decode()
    assert event_types() == ["audience_credential.created", "audience_credential.ended"]
    assert boss.get(page_url(row, "history")).status_code == 200


def test_staff_of_a_tenant_create_none() -> None:
    permissions = ("audiences.add_audiencecredential", "audiences.view_audiencecredential")
    staff = signed_in(clerk(*permissions, tenant=TenantFactory.create()))

    assert staff.get(add_url(AudienceCredential)).status_code == 403
