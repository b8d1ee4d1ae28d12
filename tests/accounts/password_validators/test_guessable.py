"""What is guessed is refused, whatever its disguise; what is not passes, without rules of composition."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import Department, Tenant, User
from accounts.password_validators.guessable import GuessableValidator, common_words
from accounts.password_validators.normal_forms import repeated_part

VALIDATOR = GuessableValidator(site="https://login.acme-bank.example.com")
ALICE = User(
    email="alice.liddell@wonderland.example",
    name="Alicia Núñez",
    tenant=Tenant(code="empresa_conejo"),
    department=Department(code="sombrereria"),
)


def code_of(password: str, user: User | None = ALICE) -> str:
    try:
        VALIDATOR.validate(password, user)
    except ValidationError as refusal:
        return str(refusal.code)
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "contraseñacontraseña",
        "Contraseña2024!Contraseña",
        "Contrasen\u0303a2024!!!!!",
        "CONTRASENA-20241231",
        "c0ntr4s3ñ4segura2024",
        "Contras3ñ4!Contras3ñ4!",
        "mi contraseña es madrid",
        "p4ssw0rd123456789",
        "password password",
        "barcelonabarcelona1",
        "realmadridrealmadrid",
        "halamadrid!!!!!2024",
        "ViscaElBarça2023",
        "tequieromucho123",
        "miamor31121985!!!",
        "Bienvenido2024!!",
        "admin@dministrador",
        "unodostrescuatrocinco6",
        "manchesterunited",
        "qwertyuiopasdfgh",
        "qwertyasdfgzxcv",
        "1q2w3e4r5t6y7u8i9o",
        "abcdefghijklmnop",
        "111111111111111",
        "abcabcabcabcabc",
        "x7#kQx7#kQx7#kQ",
        "600123456600123456",
        "trustno1trustno1",
        "aabbbbaababababba",
        "!!!!!!!!!!!!!!!!!!",
        "",
    ],
)
def test_common_words_rows_and_repetitions_are_refused(password: str) -> None:
    assert code_of(password) == "password_too_common"


@pytest.mark.parametrize(
    "password",
    [
        "alice.liddell@wonderland.example",
        "aliceliddell2024",
        "AliciaNunez1985!!",
        "Al1c1a Núñ3z 1985",
        "sombrerería-2026!!",
        "empresa_conejo_2026",
        "acmebank2024acme",
        "login.acme-bank.example.com",
        "authsiteauthsite",
        "Wonderland contraseña",
    ],
)
def test_what_the_account_or_the_site_gives_away_is_refused(password: str) -> None:
    assert code_of(password) == "password_about_person"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "caballo correcto batería grapa",
        "lentejas tranvía cordillera zapato",
        "mi perro come lechuga los martes",
        "pVw8Kd2mXr6tYb1n",
        "x7#kQ9!vLp2@mZ4s",
        "837461950284736159",
        "}{;/?:'-_=+*&^%~$#",
        "日本語のパスワードはとても長いです",
        "🦊🌵🎻🚲🍋🐙🪁🧊🎲🥨🗿🛶🪵🧦🔭",
    ],
)
def test_what_nobody_guesses_passes_whatever_it_is_made_of(password: str) -> None:
    assert code_of(password) == ""


def test_without_a_person_the_words_of_the_site_count() -> None:
    assert code_of("aliceliddell2024", user=None) == ""
    assert code_of("acmebank2024acme", user=None) == "password_about_person"


def test_short_facts_forbid_nothing() -> None:
    anna = User(email="al@b.es", name="Al B")

    assert code_of("albatros tranvía zapato", user=anna) == ""


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Choose four or more words"), ("es", "Elija cuatro palabras")]
)
@pytest.mark.parametrize("password", ["contraseñacontraseña", "aliceliddell2024"])
def test_a_refusal_says_what_to_do(language: str, says: str, password: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refusal:
        VALIDATOR.validate(password, ALICE)

    assert says in refusal.value.message


def test_the_list_has_several_hundred_words_in_their_plain_form() -> None:
    assert len(common_words()) > 600
    assert {"contrasena", "halamadrid", "tequieromucho"} <= common_words()
    assert all(word.isalnum() and word == word.lower() for word in common_words())


@pytest.mark.parametrize(
    ("text", "part"),
    [("abcabcab", "abc"), ("aaaa", "a"), ("abcdef", "abcdef"), ("abcabx", "abcabx"), ("", "")],
)
def test_the_repeated_part_of_a_text(text: str, part: str) -> None:
    assert repeated_part(text) == part


@given(password=st.text(max_size=128))
def test_any_text_is_judged(password: str) -> None:
    assert code_of(password) in {"", "password_too_common", "password_about_person"}


@example(word="sistema", year=1950, sign="!")
@given(
    word=st.sampled_from(sorted(common_words())), year=st.integers(1950, 2030), sign=st.sampled_from("!.*#")
)
def test_no_word_of_the_list_passes_with_its_usual_suffixes(word: str, year: int, sign: str) -> None:
    assert code_of(f"{word.title()}{year}{sign}")
    assert code_of(f"{word}{word}{year}")
