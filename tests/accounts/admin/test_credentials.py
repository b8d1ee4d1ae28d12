"""An administrator gives a resource server a credential, and ends it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import now

from accounts import conf
from accounts.audiences.credentials import verify_audience_credential
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential
from accounts.audit.models import AuditEvent
from accounts.tokens.client_assertions import verify_client_assertion
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
from tests.api.resource_server import KEYS, assertion, audience, public_jwk, register
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


def test_a_public_key_is_registered_shown_and_ended(boss: Client) -> None:
    reports = audience()
    jwk = json.dumps(public_jwk("ES256"))
    assert (
        save(boss, add_url(AudienceCredential), audience=reports.pk, label="batch", jwk=jwk).status_code
        == 302
    )

    row = AudienceCredential.objects.get()
    page = boss.get(page_url(row)).content.decode()
    assert row.kid
    assert row.kid in page
    assert "public key (ES256)" in page
    assert verify_client_assertion(assertion(), accepted_audiences={conf.issuer()}, now=now()) == reports
    act_on(boss, [row], "end_selected")
    with pytest.raises(InvalidAudienceCredentialError):
        verify_client_assertion(assertion(), accepted_audiences={conf.issuer()}, now=now())
    assert boss.get(page_url(row, "history")).status_code == 200


REFUSED: dict[str, str] = {
    "private": json.dumps(KEYS["ES256"].as_dict(private=True)),
    "for encryption": json.dumps(public_jwk("RS256") | {"use": "enc"}),
    "garbage": "\0" * 5000,
    "a set": json.dumps({"keys": [public_jwk("ES256")]}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_key_to_sign_with_is_refused_in_the_form(boss: Client, what: str) -> None:
    answer = save(boss, add_url(AudienceCredential), audience=audience().pk, label="batch", jwk=REFUSED[what])

    assert list(answer.context["adminform"].form.errors) == ["jwk"]
    assert not AudienceCredential.objects.exists()


def test_a_key_that_was_ended_never_comes_back(boss: Client) -> None:
    ended = register()
    act_on(boss, [ended], "end_selected")

    answer = save(
        boss,
        add_url(AudienceCredential),
        audience=audience("other").pk,
        label="again",
        jwk=json.dumps(public_jwk("ES256")),
    )

    assert "has been used here before" in answer.content.decode()


def test_nobody_searches_the_digests(boss: Client) -> None:
    created(boss)

    answer = boss.get(f"{list_url(AudienceCredential)}?digest__startswith=a")

    assert answer.status_code in {302, 400}


def test_staff_of_a_tenant_create_none() -> None:
    permissions = ("audiences.add_audiencecredential", "audiences.view_audiencecredential")
    staff = signed_in(clerk(*permissions, tenant=TenantFactory.create()))

    assert staff.get(add_url(AudienceCredential)).status_code == 403
