"""What each claim source says, and what happens when one fails."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.audiences.claim_sources import ClaimInput, ClaimSource, JSONType, LoginContext, Sensitivity
from accounts.audiences.errors import ClaimSourceError
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.models.subject_facts import DepartmentFacts, SubjectFacts
from tests.accounts.journeys import NOW

ADA = ClaimInput(
    subject=SubjectFacts(
        sub=uuid4(),
        email="ada@example.org",
        name="Ada",
        locale="es",
        tenant="empresa_123",
        department=DepartmentFacts(code="tesoreria", label="Tesorería", path=("finanzas", "tesoreria")),
        roles=("admin", "editor"),
        special_permissions=True,
        ui_preferences={"theme": "dark"},
    ),
    audience="api",
    context=LoginContext(client_id="movil", ip="192.0.2.7", auth_time=NOW, auth_methods=("pwd", "otp")),
)
NOBODY = ClaimInput(
    subject=SubjectFacts(
        sub=uuid4(),
        email="n@example.org",
        name="N",
        locale="en",
        tenant=None,
        department=None,
        roles=(),
        special_permissions=False,
        ui_preferences={},
    ),
    audience="api",
    context=LoginContext(client_id="movil", ip=None, auth_time=NOW, auth_methods=()),
)

VALUES: dict[str, tuple[Any, Any, str]] = {
    "roles": (["admin", "editor"], [], "array of strings"),
    "department_code": ("tesoreria", None, "string"),
    "department": (
        {"code": "tesoreria", "label": "Tesorería", "path": ["finanzas", "tesoreria"]},
        None,
        "object",
    ),
    "special_permissions": (True, False, "boolean"),
    "tenant_id": ("empresa_123", None, "string"),
    "ui_preferences": ({"theme": "dark"}, {}, "object"),
    "locale": ("es", "en", "string"),
    "email": ("ada@example.org", "n@example.org", "string"),
    "name": ("Ada", "N", "string"),
    "login_ip": ("192.0.2.7", None, "string"),
    "auth_time": (int(NOW.timestamp()), int(NOW.timestamp()), "integer"),
    "amr": (["pwd", "otp"], [], "array of strings"),
}


def test_every_source_has_a_row_in_the_table() -> None:
    assert set(VALUES) == set(CLAIM_SOURCES)


@pytest.mark.parametrize("name", VALUES)
def test_a_source_says_its_value_in_its_type(name: str) -> None:
    full, empty, json_type = VALUES[name]
    source = CLAIM_SOURCES[name]

    assert (source.value(ADA), source.value(NOBODY), source.json_type) == (full, empty, json_type)


def test_personal_sources_are_these_and_none_is_confidential() -> None:
    by_sensitivity = {name: source.sensitivity for name, source in CLAIM_SOURCES.items()}

    personal = {name for name, value in by_sensitivity.items() if value is Sensitivity.PERSONAL}
    assert personal == {"email", "name", "login_ip"}
    assert Sensitivity.CONFIDENTIAL not in by_sensitivity.values()


def _nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


WRONG_TYPES = [
    (JSONType.STRING, 1),
    (JSONType.STRING, ["a"]),
    (JSONType.INTEGER, True),
    (JSONType.INTEGER, 1.0),
    (JSONType.INTEGER, "1"),
    (JSONType.BOOLEAN, 1),
    (JSONType.BOOLEAN, "true"),
    (JSONType.ARRAY_OF_STRINGS, "abc"),
    (JSONType.ARRAY_OF_STRINGS, ("a",)),
    (JSONType.ARRAY_OF_STRINGS, ["a", None]),
    (JSONType.OBJECT, []),
    (JSONType.OBJECT, {"at": NOW}),
    (JSONType.OBJECT, {"deep": [{"nan": float("nan")}]}),
    (JSONType.OBJECT, {1: "one"}),
    (JSONType.STRING, "half a pair \ud800"),
    (JSONType.ARRAY_OF_STRINGS, ["a", "\udfff"]),
    (JSONType.INTEGER, 10**5000),
    (JSONType.OBJECT, {"\ud800": 1}),
    (JSONType.OBJECT, {"a": ["\ud800"]}),
    (JSONType.OBJECT, {"a": -(10**5000)}),
    (JSONType.OBJECT, _nested(5000)),
]


@pytest.mark.parametrize(("json_type", "value"), WRONG_TYPES, ids=lambda value: repr(type(value)))
def test_a_value_of_another_type_is_refused_and_names_the_source(json_type: JSONType, value: Any) -> None:
    source = ClaimSource(
        name="hr",
        json_type=json_type,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=lambda _given: value,
    )

    with pytest.raises(ClaimSourceError) as refusal:
        source.value(ADA)
    assert refusal.value.facts["source"] == "hr"
    assert str(json_type) in str(refusal.value.facts["reason"])


def test_a_source_that_raises_is_named_with_the_kind_of_error_only() -> None:
    def compute(_given: ClaimInput) -> str:
        msg = "secret detail"
        raise LookupError(msg)

    source = ClaimSource(
        name="hr",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=compute,
    )

    with pytest.raises(ClaimSourceError) as refusal:
        source.value(ADA)
    assert refusal.value.facts == {"source": "hr", "reason": "LookupError"}
