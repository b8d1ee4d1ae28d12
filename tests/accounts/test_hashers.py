"""Hashes of every older kind, and of weaker parameters, are replaced at login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from django.conf import settings as configured
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password

from accounts.hashers import Argon2idHasher, encode_password, matches_password
from accounts.services.credentials import change_password, verify_credentials
from accounts.services.errors import InvalidCredentialsError
from tests.accounts.journeys import NOW, ORIGIN
from tests.factories import PASSWORD, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User

COMPOSED, DECOMPOSED = "corazón de melón año 15", "corazo\u0301n de melo\u0301n an\u0303o 15"


@pytest.fixture(autouse=True)
def hashers_of_production(settings: Settings) -> None:
    """Do without the fast hasher of the other tests."""
    settings.PASSWORD_HASHERS = [name for name in configured.PASSWORD_HASHERS if "MD5" not in name]


def verify(user: User, password: str = PASSWORD) -> User:
    return verify_credentials(email=user.email, password=password, origin=ORIGIN, now=NOW)


def argon2(kind: Type = Type.ID, *, passes: int = 2, kib: int = 19 * 1024) -> str:
    hasher = PasswordHasher(type=kind, time_cost=passes, memory_cost=kib, parallelism=1)
    return "argon2" + hasher.hash(PASSWORD)


def test_hashes_are_argon2id_with_the_parameters_of_owasp() -> None:
    parameters = extract_parameters(encode_password(PASSWORD).removeprefix("argon2"))

    assert (parameters.type, parameters.memory_cost) == (Type.ID, 19456)
    assert (parameters.time_cost, parameters.parallelism) == (2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", ["pbkdf2_sha256", "scrypt", "bcrypt_sha256"])
def test_a_hash_of_an_older_kind_is_replaced_at_login(
    algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if algorithm == "pbkdf2_sha256":
        monkeypatch.setattr(type(get_hasher(algorithm)), "iterations", 1000)
    alice = UserFactory.create(password=make_password(PASSWORD, hasher=algorithm))

    verify(alice)

    alice.refresh_from_db()
    assert isinstance(identify_hasher(alice.password), Argon2idHasher)
    assert verify(alice) == alice


@pytest.mark.django_db
@pytest.mark.parametrize(
    "weaker",
    [
        argon2(passes=1),
        argon2(kib=8 * 1024),
        argon2(Type.I),
        argon2(passes=3, kib=12 * 1024),
    ],
)
def test_a_hash_with_weaker_parameters_is_replaced_at_login(weaker: str) -> None:
    alice = UserFactory.create(password=weaker)

    verify(alice)

    alice.refresh_from_db()
    assert not identify_hasher(alice.password).must_update(alice.password)
    assert identify_hasher(weaker).must_update(weaker)


@pytest.mark.django_db
def test_higher_settings_replace_hashes_at_the_next_login_and_once(settings: Settings) -> None:
    alice = UserFactory.create(password=encode_password(PASSWORD))
    settings.AUTHSITE_ARGON2_PASSES, settings.AUTHSITE_ARGON2_LANES = 3, 2

    verify(alice)

    alice.refresh_from_db()
    replaced = alice.password
    assert "t=3,p=2" in replaced
    verify(alice)
    alice.refresh_from_db()
    assert alice.password == replaced


@pytest.mark.django_db
def test_a_wrong_password_replaces_no_hash() -> None:
    alice = UserFactory.create(password=argon2(passes=1))
    before = alice.password

    with pytest.raises(InvalidCredentialsError):
        verify(alice, "wrong")

    alice.refresh_from_db()
    assert alice.password == before


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_letters_in_one_part_or_in_two_are_the_same_password(chosen: str, typed: str) -> None:
    alice = UserFactory.create(password=encode_password(PASSWORD))
    change_password(
        user_id=alice.pk, current_password=PASSWORD, new_password=chosen, keep=None, origin=ORIGIN, now=NOW
    )

    assert verify(alice, typed) == alice
    alice.refresh_from_db()
    assert alice.check_password(typed)


@pytest.mark.parametrize(
    "other",
    [
        COMPOSED.upper(),
        f"{COMPOSED} ",
        COMPOSED.replace("ó", "o"),
        COMPOSED.replace("15", "\uff11\uff15"),
        "ﬁ",
    ],
)
def test_nothing_else_is_the_same(other: str) -> None:
    assert not matches_password(other, encode_password(COMPOSED))


def test_compatibility_characters_are_kept_apart() -> None:
    assert not matches_password("fi", encode_password("ﬁ"))
