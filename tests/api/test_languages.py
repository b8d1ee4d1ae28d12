"""Texts follow Accept-Language: Spanish unless English is asked for."""

import pytest

from tests.api.client import ApiClient, read

LOGIN = "/api/v1/auth/login/"
WRONG = {"email": "nobody@example.org", "password": "wrong"}


@pytest.mark.parametrize(
    ("language", "error"),
    [
        (None, "Credenciales inválidas"),
        ("es-MX,es;q=0.9", "Credenciales inválidas"),
        ("fr", "Credenciales inválidas"),
        ("en-GB,en;q=0.9", "Invalid credentials"),
        ("*;q=nonsense", "Credenciales inválidas"),
    ],
)
def test_error_in_the_language_that_was_asked_for(api: ApiClient, language: str | None, error: str) -> None:
    headers = {"Accept-Language": language} if language else {}

    response = api.post(LOGIN, WRONG, **headers)

    assert read(response, 401)["error"] == error
    assert "Accept-Language" in response["Vary"]


def test_field_errors_are_translated_too(api: ApiClient) -> None:
    assert read(api.post(LOGIN, {}), 400)["error"]["email"] == ["Este campo es requerido."]
