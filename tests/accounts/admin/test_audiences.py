"""Audiences and their claim contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import create_audience
from accounts.audit.models import AuditEvent
from tests.accounts.admin.browsing import act_on, add_url, event_types, form_values, page_url, save, send
from tests.accounts.admin.contract_forms import ROWS, with_rows
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def own(db: None) -> Audience:
    return Audience.objects.get(code="api-mi-aplicacion")


@pytest.fixture
def billing(db: None) -> Audience:
    rows = [
        ContractClaimInput(path="roles", source="roles"),
        ContractClaimInput(path="lang", source="locale"),
    ]
    return create_audience(code="billing", label="Billing", rows=rows, actor=SYSTEM, now=NOW)


def with_row(client: Client, audience: Audience, **row: str) -> dict[str, Any]:
    """Return the form of ``audience`` with one row more."""
    return with_rows(client, audience, row)


def contract(audience: Audience) -> list[tuple[str, str]]:
    return list(audience.contract_claims.values_list("path", "source"))


def test_new_audience_with_its_first_contract(boss: Client) -> None:
    values = form_values(boss.get(add_url(Audience)))
    row = {
        f"{ROWS}-TOTAL_FORMS": 1,
        f"{ROWS}-0-path": "roles",
        f"{ROWS}-0-source": "roles",
        f"{ROWS}-0-required": "on",
    }

    answer = boss.post(add_url(Audience), values | row | {"code": "billing", "label": "Billing"})

    assert answer.status_code == 302
    billing = Audience.objects.get(code="billing")
    assert (contract(billing), billing.contract_version) == ([("roles", "roles")], 1)
    assert event_types() == [
        "audience.created",
        "claim_contract.changed",
    ]


def test_new_audience_without_a_contract(boss: Client) -> None:
    assert save(boss, add_url(Audience), code="billing", label="Billing").status_code == 302

    assert contract(Audience.objects.get(code="billing")) == []
    assert event_types() == ["audience.created"]


def test_contract_is_replaced_as_a_whole_with_one_event(boss: Client, own: Audience) -> None:
    before = contract(own)

    answer = send(boss, page_url(own), with_row(boss, own, path="lang", source="locale", required="on"))

    assert answer.status_code == 302
    assert contract(own) == [*before, ("lang", "locale")]
    assert event_types() == ["claim_contract.changed"]
    own.refresh_from_db()
    assert own.contract_version == 2


def test_saving_without_a_change_makes_no_new_version(boss: Client, own: Audience) -> None:
    assert save(boss, page_url(own)).status_code == 302

    assert event_types() == []


def test_rows_can_change_places_and_names(boss: Client, billing: Audience) -> None:
    values = form_values(boss.get(page_url(billing)))
    swapped = {f"{ROWS}-0-path": "lang", f"{ROWS}-1-path": "papeles"}

    answer = send(boss, page_url(billing), values | swapped)

    assert answer.status_code == 302
    assert contract(billing) == [("lang", "roles"), ("papeles", "locale")]


def test_row_is_taken_out(boss: Client, billing: Audience) -> None:
    values = form_values(boss.get(page_url(billing)))

    send(boss, page_url(billing), values | {f"{ROWS}-0-DELETE": "on"})

    assert contract(billing) == [("lang", "locale")]


def test_row_that_authsites_own_api_reads_stays(boss: Client, own: Audience) -> None:
    before = contract(own)
    values = form_values(boss.get(page_url(own)))

    answer = send(boss, page_url(own), values | {f"{ROWS}-0-DELETE": "on"})

    assert "own API reads “user_roles”" in answer.content.decode()
    assert contract(own) == before
    assert event_types() == []


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        ("sub", "locale", "is reserved for authsite itself"),
        ("custom_data", "locale", "collides with"),
        ("user_roles", "locale", "collides with"),
        ("__proto__", "locale", "every JavaScript object has"),
        ("1st", "locale", "Write names of letters"),
        ("a.b.c.d.e", "locale", "Write at most"),
        ("lang", "nowhere", "Select a valid choice"),
        ("lang", "", "This field is required"),
    ],
)
def test_wrong_row_is_refused_with_the_domains_sentence(
    boss: Client, own: Audience, path: str, source: str, sentence: str
) -> None:
    before = contract(own)

    answer = send(boss, page_url(own), with_row(boss, own, path=path, source=source, required="on"))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert contract(own) == before
    assert event_types() == []


def test_personal_claims_are_saved_with_a_warning(boss: Client, own: Audience) -> None:
    answer = send(boss, page_url(own), with_row(boss, own, path="mail", source="email"), follow=True)

    assert "These claims are personal" in answer.content.decode()


def test_without_its_event_a_contract_stays_as_it_was(
    boss: Client, own: Audience, broken_audit: None
) -> None:
    before = contract(own)
    values = with_row(boss, own, path="lang", source="locale", required="on")

    with pytest.raises(RuntimeError, match="audit log"):
        send(boss, page_url(own), values)

    own.refresh_from_db()
    assert (contract(own), own.contract_version) == (before, 1)


def test_refused_contract_leaves_the_audience_unchanged(
    boss: Client, own: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise ValidationError("Not today.")

    monkeypatch.setattr("accounts.audiences.services.replace_contract", refuse)
    values = with_row(boss, own, path="lang", source="locale") | {"label": "Changed"}

    answer = send(boss, page_url(own), values)

    assert "Not today." in answer.content.decode()
    own.refresh_from_db()
    assert own.label != "Changed"
    assert event_types() == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("access_lifetime", "25:00:00"),
        ("max_token_bytes", "1"),
        ("signing_algorithm", "HS256"),
        ("label", ""),
    ],
)
def test_wrong_setting_is_an_error_beside_its_field(
    boss: Client, own: Audience, field: str, typed: str
) -> None:
    answer = save(boss, page_url(own), **{field: typed})

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_own_audience_is_not_retired(boss: Client, own: Audience) -> None:
    answer = act_on(boss, [own], "retire_selected")

    assert "it cannot be retired" in answer.content.decode()
    assert not AuditEvent.objects.filter(type="audience.retired").exists()


def test_broken_management_form_is_an_error(boss: Client, own: Audience) -> None:
    values = form_values(boss.get(page_url(own))) | {f"{ROWS}-TOTAL_FORMS": "x"}

    assert send(boss, page_url(own), values).status_code == 200
