"""Contracts that cannot stand are refused by the API, when an audience is created and when it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.models import Audience, ContractClaim
from tests.accounts.audiences.refused_contracts import TOO_LONG, Refused, for_each_refused
from tests.api.client import ApiClient, read

if TYPE_CHECKING:
    from accounts.models import User

AUDIENCES = "/api/v1/audiences/"


@pytest.fixture
def admin(api: ApiClient, alice: User) -> ApiClient:
    """Return a client with an administrator's token."""
    api.log_in("alice@example.org")
    return api


def refusals(admin: ApiClient, rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the problems of a POST and of a PATCH with these rows, after which nothing is written."""
    claims = [{"path": path, "source": source} for path, source in rows]
    Audience.objects.create(code="nominas", label="Nóminas")
    create = {"code": "new", "label": "New", "claims": claims}
    problems = [
        read(admin.post(AUDIENCES, create, Accept_Language="en"), 400),
        read(admin.send("PATCH", f"{AUDIENCES}nominas/", {"claims": claims}, Accept_Language="en"), 400),
    ]
    assert not Audience.objects.filter(code="new").exists()
    assert not ContractClaim.objects.filter(audience__code="nominas").exists()
    return problems


@for_each_refused
def test_it_is_refused_with_its_sentence(admin: ApiClient, refused: Refused) -> None:
    for problem in refusals(admin, refused.rows):
        assert list(problem["error"]) == ["claims"]
        assert refused.sentence in str(problem["error"]["claims"])


def test_200_levels_are_refused_with_how_long_a_path_may_be(admin: ApiClient) -> None:
    for problem in refusals(admin, [(TOO_LONG, "locale")]):
        assert "no more than 128 characters" in str(problem["error"]["claims"])
