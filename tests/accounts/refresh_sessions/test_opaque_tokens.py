"""Refresh and device tokens as text."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.refresh_sessions.errors import InvalidRefreshTokenError, SecretNotYetKnownError
from accounts.refresh_sessions.opaque_tokens import (
    MAX_LENGTH,
    RefreshToken,
    make_device_token,
    make_refresh_token,
    read_device_token,
    read_refresh_token,
)
from tests.accounts.journeys import refresh, row_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

    from accounts.refresh_sessions.session_tokens import IssuedTokens

OTHER_SECRET = b"another secret of thirty-two byte"
generations = st.integers(1, 10**18 - 1)
LETTERS = string.ascii_letters + string.digits + "-_.= \n\x00é"


@given(sid=st.uuids(), generation=generations)
def test_a_refresh_token_says_again_what_it_was_made_of(sid: UUID, generation: int) -> None:
    token = make_refresh_token(sid=sid, generation=generation, secret_version=1)

    assert len(token) <= MAX_LENGTH
    assert read_refresh_token(token) == RefreshToken(sid=sid, generation=generation, secret_version=1)


@given(sub=st.uuids(), device=st.uuids(), other=st.uuids())
def test_a_device_token_is_of_one_account_only(sub: UUID, device: UUID, other: UUID) -> None:
    token = make_device_token(sub=sub, device_id=device)

    assert read_device_token(token, sub=sub) == device
    assert sub == other or read_device_token(token, sub=other) is None


@given(text=st.text() | st.from_regex(r"\A[0-9]{0,3}\.[0-9a-f]{30,33}\.[0-9]{0,20}\.[\w-]{42,44}\n?\Z"))
def test_no_text_raises_anything_but_invalid_refresh_token(text: str) -> None:
    with pytest.raises(InvalidRefreshTokenError):
        read_refresh_token(text)
    assert read_device_token(text, sub=uuid4()) is None


@pytest.mark.django_db
def test_no_altered_character_reaches_the_database(
    phone: IssuedTokens, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = phone.refresh_token
    altered = {token[:place] + other + token[place + 1 :] for place in range(len(token)) for other in LETTERS}
    shortened = {token[:place] + token[place + 1 :] for place in range(len(token))}
    lengthened = {token[:place] + "0" + token[place:] for place in range(len(token) + 1)}

    with django_assert_num_queries(0):
        for wrong in (altered | shortened | lengthened) - {token}:
            with pytest.raises((InvalidRefreshTokenError, SecretNotYetKnownError)):
                refresh(wrong)
    assert row_of(phone).ended_at is None


@pytest.mark.parametrize("other", [{"generation": 2}, {"sid": uuid4()}])
def test_the_mac_of_one_token_does_not_fit_another(other: dict[str, object]) -> None:
    made_of = {"sid": uuid4(), "generation": 1, "secret_version": 1}
    mac = make_refresh_token(**made_of).rpartition(".")[2]  # type: ignore[arg-type] # a table of arguments
    body = make_refresh_token(**(made_of | other)).rpartition(".")[0]  # type: ignore[arg-type] # as above

    with pytest.raises(InvalidRefreshTokenError):
        read_refresh_token(f"{body}.{mac}")


def test_a_device_token_is_no_refresh_token() -> None:
    with pytest.raises(InvalidRefreshTokenError):
        read_refresh_token(make_device_token(sub=uuid4(), device_id=uuid4()))


def test_a_token_of_a_secret_that_was_taken_away_is_refused(settings: Settings) -> None:
    token = make_refresh_token(sid=uuid4(), generation=1, secret_version=1)
    settings.AUTHSITE_REFRESH_SECRETS = {2: OTHER_SECRET}

    with pytest.raises(InvalidRefreshTokenError) as refusal:
        read_refresh_token(token)
    assert refusal.value.facts == {"reason": "made with a secret that is gone", "version": 1}


def test_a_token_under_another_secret_of_ours_is_refused(settings: Settings) -> None:
    settings.AUTHSITE_REFRESH_SECRETS = settings.AUTHSITE_REFRESH_SECRETS | {2: OTHER_SECRET}
    token = make_refresh_token(sid=uuid4(), generation=1, secret_version=1)

    with pytest.raises(InvalidRefreshTokenError):
        read_refresh_token("2" + token[1:])
