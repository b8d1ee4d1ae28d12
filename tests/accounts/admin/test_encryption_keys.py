"""An administrator gives an audience an encryption key, encrypts its tokens, and revokes the key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.models import Audience, EncryptionKey
from accounts.audiences.services import create_audience
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    event_types,
    form_values,
    list_url,
    page_url,
    save,
    signed_in,
)
from tests.accounts.audiences.jwks import KEYS, PAIRS
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def payroll(db: None) -> Audience:
    """Return an audience of somebody else's."""
    return create_audience(code="payroll", label="Payroll", actor=SYSTEM, now=NOW)


def registered(boss: Client, payroll: Audience, name: str = "EC") -> EncryptionKey:
    answer = save(boss, add_url(EncryptionKey), audience=payroll.pk, jwk=json.dumps(KEYS[name]))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return EncryptionKey.objects.get(kid=KEYS[name]["kid"])


def test_a_written_key_is_registered_and_shown(boss: Client, payroll: Audience) -> None:
    key = registered(boss, payroll)

    page = boss.get(page_url(key)).content.decode()
    assert key.kid in page
    assert "ECDH-ES+A256KW" in page
    assert event_types()[-1] == "encryption_key.registered"
    assert boss.get(page_url(key, "history")).status_code == 200


def test_a_key_has_nothing_to_save_and_is_reached_from_its_audience(boss: Client, payroll: Audience) -> None:
    key = registered(boss, payroll)

    assert "_save" not in boss.get(page_url(key)).content.decode()
    assert page_url(key) in boss.get(page_url(payroll, "credentials")).content.decode()
    assert "/.well-known/claims/payroll.json" in boss.get(page_url(payroll, "versions")).content.decode()


def test_a_key_made_here_shows_its_private_half_nowhere(boss: Client, payroll: Audience) -> None:
    assert save(boss, add_url(EncryptionKey), audience=payroll.pk, make="RSA-OAEP-256").status_code == 302

    key = EncryptionKey.objects.get()
    assert key.is_held
    for url in (page_url(key), list_url(key), page_url(key, "history")):
        page = boss.get(url).content.decode()
        assert "sealed" not in page
        assert '"d"' not in page


REFUSED: dict[str, dict[str, str]] = {
    "neither": {},
    "both": {"jwk": json.dumps(KEYS["EC"]), "make": "RSA-OAEP-256"},
    "private": {"jwk": json.dumps(PAIRS["EC"].as_dict(private=True))},
    "for signatures": {"jwk": json.dumps(KEYS["RSA"] | {"use": "sig"})},
    "garbage": {"jwk": "\0" * 5000},
    "another algorithm": {"make": "RSA1_5"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_key_is_refused_in_the_form(boss: Client, payroll: Audience, what: str) -> None:
    answer = save(boss, add_url(EncryptionKey), audience=payroll.pk, **REFUSED[what])

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not EncryptionKey.objects.exists()


def test_a_private_key_does_not_come_back_in_the_form(boss: Client, payroll: Audience) -> None:
    private = PAIRS["EC"].as_dict(private=True)

    answer = save(boss, add_url(EncryptionKey), audience=payroll.pk, jwk=json.dumps(private))

    assert "private part" in answer.content.decode()
    assert str(private["d"]) not in answer.content.decode()


def test_a_revoked_key_is_refused_in_the_form(boss: Client, payroll: Audience) -> None:
    key = registered(boss, payroll)
    act_on(boss, [key], "revoke_selected")

    answer = save(boss, add_url(EncryptionKey), audience=payroll.pk, jwk=json.dumps(KEYS["EC"]))

    assert "was revoked" in answer.content.decode()
    assert [key.state for key in EncryptionKey.objects.all()] == ["revoked"]


def test_tokens_are_encrypted_by_a_tick_once_there_is_a_key(boss: Client, payroll: Audience) -> None:
    refused = save(boss, page_url(payroll), is_encrypted="on")
    assert list(refused.context["adminform"].form.errors) == ["is_encrypted"]

    registered(boss, payroll)
    assert save(boss, page_url(payroll), is_encrypted="on").status_code == 302
    payroll.refresh_from_db()
    assert payroll.is_encrypted


def test_who_may_log_in_is_chosen_shown_and_taken_back(boss: Client, payroll: Audience) -> None:
    role, department = RoleFactory.create(code="editor"), DepartmentFactory.create(code="finanzas")
    chosen: dict[str, Any] = {"open_to_roles": [role.pk], "open_to_departments": [department.pk]}
    assert save(boss, page_url(payroll), **chosen).status_code == 302

    assert sorted(rule.code for rule in payroll.access_rules.all()) == ["editor", "finanzas"]
    values = form_values(boss.get(page_url(payroll)))
    assert {name: values[name] for name in chosen} == chosen
    assert save(boss, page_url(payroll), "open_to_roles").status_code == 302
    assert [rule.code for rule in payroll.access_rules.all()] == ["finanzas"]


def test_saving_without_a_change_of_who_may_log_in_keeps_it(boss: Client, payroll: Audience) -> None:
    role = RoleFactory.create(code="editor")
    save(boss, page_url(payroll), open_to_roles=[role.pk])
    role.__class__.objects.update(retired_at=NOW)

    assert save(boss, page_url(payroll), label="Nóminas").status_code == 302

    assert [rule.code for rule in payroll.access_rules.all()] == ["editor"]


def test_whoever_only_looks_sees_who_may_log_in_and_staff_of_a_tenant_no_other_tenants(
    payroll: Audience, boss: Client
) -> None:
    tenants = [TenantFactory.create(code="ajena"), TenantFactory.create(code="propia")]
    save(boss, page_url(payroll), open_to_tenants=[tenants[0].pk])

    looking = signed_in(clerk("view_audience")).get(page_url(payroll)).content.decode()
    assert "ajena" in looking
    staff = signed_in(clerk("view_audience", tenant=tenants[1])).get(page_url(payroll)).content.decode()
    assert "ajena" not in staff


def test_staff_of_a_tenant_register_nothing(payroll: Audience) -> None:
    permissions = ("add_encryptionkey", "view_encryptionkey", "change_encryptionkey")
    staff = signed_in(clerk(*permissions, tenant=TenantFactory.create()))

    assert staff.get(add_url(EncryptionKey)).status_code == 403
    assert staff.get(list_url(EncryptionKey)).status_code == 200


def test_nobody_searches_the_sealed_half(boss: Client, payroll: Audience) -> None:
    save(boss, add_url(EncryptionKey), audience=payroll.pk, make="ECDH-ES+A256KW")

    answer = boss.get(f"{list_url(EncryptionKey)}?sealed_private_jwk__startswith=a")

    assert answer.status_code in {302, 400}
