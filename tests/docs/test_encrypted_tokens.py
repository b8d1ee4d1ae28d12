"""The function that docs/claims.md prints reads an encrypted token, and refuses another's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from joserfc.errors import JoseError

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import create_audience
from accounts.keys.jwk_set import jwk_set
from tests.accounts.audiences.jwks import ALGORITHMS, KEYS, PAIRS
from tests.accounts.journeys import SYSTEM, start_session
from tests.factories import UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs/claims.md").read_text("utf-8")


@pytest.fixture(scope="module")
def read_token() -> Callable[..., dict[str, Any]]:
    """Return the function that the page prints."""
    (printed,) = [
        block for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL) if "decrypt" in block
    ]
    namespace: dict[str, Any] = {}
    exec(compile(printed, "docs/claims.md", "exec"), namespace)  # noqa: S102 - the page's own
    function: Callable[..., dict[str, Any]] = namespace["read_token"]
    return function


@pytest.mark.parametrize("name", KEYS)
def test_printed_function_reads_the_token(
    read_token: Callable[..., dict[str, Any]], settings: Settings, name: str
) -> None:
    rows = [ContractClaimInput(path="roles", source="roles")]
    create_audience(
        code="payroll",
        label="Payroll",
        rows=rows,
        is_encrypted=True,
        encryption_key=KEYS[name],
        actor=SYSTEM,
        now=timezone.now(),
    )
    alice = UserFactory.create(roles=["editor"])
    token = start_session(alice, audience="payroll", now=timezone.now()).access_token
    private = PAIRS[name].as_dict(private=True)
    given = (token, private, jwk_set(), settings.AUTHSITE_ISSUER)

    assert read_token(*given, "payroll")["roles"] == ["editor"]
    with pytest.raises(JoseError):
        read_token(*given, "another")
    with pytest.raises(JoseError):
        read_token(token, private, {"keys": []}, settings.AUTHSITE_ISSUER, "payroll")


def test_each_kind_of_key_is_in_the_table() -> None:
    table = re.findall(r"^\| [^|]+ \| `([^`]+)` \| [\d,]+ \|$", PAGE, flags=re.MULTILINE)

    assert set(table) == set(ALGORITHMS.values())
