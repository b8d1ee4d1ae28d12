"""Contracts that cannot stand are refused by the admin's form, and by its check while somebody writes."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.models import Audience
from tests.accounts.admin.browsing import event_types, page_url
from tests.accounts.admin.contract_forms import ROWS, check_url, with_rows
from tests.accounts.audiences.refused_contracts import TOO_LONG, Refused, for_each_refused

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def nominas(db: None) -> Audience:
    return Audience.objects.create(code="nominas", label="Nóminas")


def form_of(client: Client, audience: Audience, refused: Refused) -> dict[str, Any]:
    rows = [{"path": path, "source": source} for path, source in refused.rows]
    return with_rows(client, audience, {"path": "fine", "source": "locale"}, *rows)


@for_each_refused
def test_form_is_shown_again_with_the_sentence(boss: Client, nominas: Audience, refused: Refused) -> None:
    answer = boss.post(page_url(nominas), form_of(boss, nominas, refused))

    assert answer.status_code == 200
    assert refused.sentence in unescape(answer.content.decode())
    assert not nominas.contract_claims.exists()
    assert event_types() == []


@for_each_refused
def test_check_says_the_sentence_before_anything_is_saved(
    boss: Client, nominas: Audience, refused: Refused
) -> None:
    said = boss.post(check_url(nominas), form_of(boss, nominas, refused)).json()

    if len(refused.rows) == 1:
        wrong = said["rows"].pop(f"{ROWS}-1")
        assert (wrong["state"], refused.sentence in wrong["said"]) == ("wrong", True)
    else:
        assert refused.sentence in said["contract"][0]
        assert refused.sentence in said["summary"]
    assert {row["state"] for row in said["rows"].values()} == {"ok"}
    assert not nominas.contract_claims.exists()
    assert event_types() == []


def test_200_levels_are_refused_with_how_long_a_path_may_be(boss: Client, nominas: Audience) -> None:
    form = form_of(boss, nominas, Refused([(TOO_LONG, "locale")], ""))

    assert "at most 128 characters" in boss.post(page_url(nominas), form).content.decode()
    assert "at most 128 characters" in boss.post(check_url(nominas), form).json()["rows"][f"{ROWS}-1"]["said"]
