"""The README's verifier, run as it is printed, against a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from tests.api.client import ApiClient
from tests.factories import DepartmentFactory, UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer


def recipe(issuer: str) -> dict[str, Any]:
    """Return the names that the README's Python block defines, for this issuer."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", readme, flags=re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code.replace("http://127.0.0.1:8000", issuer), names)  # noqa: S102 - the documentation's own code
    return names


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_lines_verify_a_token_elsewhere(live_server: LiveServer, settings: Settings) -> None:
    settings.AUTHSITE_ISSUER = live_server.url
    UserFactory.create(
        email="alice@example.org", roles=["admin"], department=DepartmentFactory.create(code="finanzas")
    )
    token = ApiClient().log_in("alice@example.org")["token"]
    verified_claims = recipe(live_server.url)["verified_claims"]

    claims = verified_claims(token)

    assert claims["user_roles"] == ["admin"]
    assert claims["custom_data"]["departamento"] == "finanzas"
    header, payload, signature = token.split(".")
    for forged in (f"{header}.{payload}.{signature[::-1]}", f"{header}.{payload[:-4]}AAAA.{signature}"):
        with pytest.raises(jwt.InvalidTokenError):
            verified_claims(forged)
