"""The preview of a token: the claims that are issued, and the room that they take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from accounts.admin.users.token_preview import preview_token
from accounts.audiences.models import Audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, SYSTEM, claims_of, start_session
from tests.factories import DepartmentFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

AT_ISSUE = {"sid", "jti", "iat", "exp"}


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory.create(department=DepartmentFactory.create(label="Dirección"), roles=["editor"])


def test_preview_says_what_the_token_says(alice: User) -> None:
    said = claims_of(start_session(alice).access_token)

    preview = preview_token(alice)

    assert json.loads(preview.claims) == {name: said[name] for name in said if name not in AT_ISSUE}


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_preview_knows_the_length_of_the_token(alice: User, algorithm: SigningAlgorithm) -> None:
    ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    Audience.objects.update(signing_algorithm=algorithm)

    assert preview_token(alice).token_bytes == len(start_session(alice).access_token)


def test_preview_warns_when_the_budget_is_nearly_full_or_passed(alice: User) -> None:
    size = preview_token(alice).token_bytes

    Audience.objects.update(max_token_bytes=size)
    assert preview_token(alice).is_nearly_full
    Audience.objects.update(max_token_bytes=size - 1)
    assert preview_token(alice).is_over_budget


def test_preview_of_an_audience_that_is_missing_says_so(alice: User) -> None:
    Audience.objects.update(code="elsewhere")

    assert "No audience in force" in preview_token(alice).problem
