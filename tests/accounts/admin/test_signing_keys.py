"""An administrator prepares a signing key, signs with it, takes that back, and revokes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.keys.models import SigningKey
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
from tests.accounts.keys.stages import current, prepared, promoted, states
from tests.factories import TenantFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

ALL = ("view_signingkey", "add_signingkey", "change_signingkey")


def test_a_next_key_is_prepared_by_a_form_and_the_list_says_when_it_may_sign(boss: Client) -> None:
    assert save(boss, add_url(SigningKey), algorithm="ES256").status_code == 302

    key = SigningKey.objects.next_in_line().get()
    page = boss.get(list_url(SigningKey)).content.decode()
    assert key.kid in page
    assert f"may sign from {key.may_sign_from:%Y-%m-%d}" in page
    assert "api-mi-aplicacion" in page


def test_a_second_next_key_is_refused_in_the_form(boss: Client) -> None:
    save(boss, add_url(SigningKey), algorithm="ES256")

    answer = save(boss, add_url(SigningKey), algorithm="ES256")

    assert "There is a next key for ES256 already" in answer.content.decode()


def test_the_page_of_a_key_says_what_its_state_means(boss: Client) -> None:
    _key, before = promoted(now=timezone.now())

    page = boss.get(page_url(before)).content.decode()

    assert "verifies the tokens that it signed" in page
    assert "may go from" in page
    assert "sealed_private_jwk" not in page


def test_promotion_says_first_what_will_happen_and_is_taken_back(boss: Client) -> None:
    now = timezone.now()
    before, key = current(now=now - timedelta(days=1)), prepared(now=now - timedelta(days=1))
    asked = boss.post(
        list_url(key), {"action": "promote_selected", "_selected_action": [key.kid], "index": "0"}
    ).content.decode()
    assert f"EdDSA {key.kid} will sign the tokens of: no audience. It may sign." in asked
    assert f"{before.kid} becomes a previous key." in asked

    assert act_on(boss, [key], "promote_selected").status_code == 302
    assert states() == {before.kid: "previous", key.kid: "current"}
    before.refresh_from_db()
    assert act_on(boss, [before], "take_back_selected").status_code == 302
    assert states() == {before.kid: "current", key.kid: "next"}
    assert event_types()[-2:] == ["signing_key.promoted", "signing_key.taken_back"]


def test_a_key_that_verifiers_may_not_know_signs_in_an_emergency_only(boss: Client) -> None:
    key = prepared(now=timezone.now())

    refused = act_on(boss, [key], "promote_selected")
    assert "Verifiers may not know this key yet" in refused.content.decode()
    assert states()[key.kid] == "next"

    assert act_on(boss, [key], "promote_selected", although_unpublished="on").status_code == 302
    assert states()[key.kid] == "current"


def test_retiring_the_only_key_or_one_with_living_tokens_is_refused(boss: Client) -> None:
    key, before = promoted(now=timezone.now())

    assert "the only key that signs EdDSA" in act_on(boss, [key], "retire_selected").content.decode()
    assert "may live until" in act_on(boss, [before], "retire_selected").content.decode()
    assert states() == {key.kid: "current", before.kid: "previous"}


def test_revoking_says_which_key_signs_then_and_the_history_of_both_tells_it(boss: Client) -> None:
    key = current(now=timezone.now())
    asked = boss.post(
        list_url(key), {"action": "revoke_selected", "_selected_action": [key.kid], "index": "0"}
    ).content.decode()
    assert "A new key is made, which verifiers do not know yet" in asked

    assert act_on(boss, [key], "revoke_selected").status_code == 302

    assert sorted(states().values()) == ["current", "revoked"]
    history = boss.get(page_url(key, "history")).content.decode()
    assert "Signing key revoked" in history
    assert "Signing key created" in history


def test_no_form_changes_or_deletes_a_key(boss: Client) -> None:
    key = SigningKey.objects.get()
    before = SigningKey.objects.values().get()

    answers = [boss.post(page_url(key, page), {"post": "yes"}) for page in ("change", "delete")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert SigningKey.objects.values().get() == before


@pytest.mark.parametrize(
    "action", ["promote_selected", "take_back_selected", "retire_selected", "revoke_selected"]
)
def test_staff_of_a_tenant_and_whoever_only_looks_move_no_key(action: str) -> None:
    key = current()
    looking, tenant = clerk("view_signingkey"), clerk(*ALL, tenant=TenantFactory.create())

    for client in (signed_in(looking), signed_in(tenant)):
        act_on(client, [key], action, although_unpublished="on")
        assert client.get(add_url(SigningKey)).status_code == 403
    assert states() == {key.kid: "current"}


def test_the_list_asks_for_audiences_once_for_any_number_of_keys(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss.get(list_url(SigningKey))
    with django_assert_num_queries(8):
        boss.get(list_url(SigningKey))
    promoted(now=timezone.now())
    with django_assert_num_queries(8):
        boss.get(list_url(SigningKey))
