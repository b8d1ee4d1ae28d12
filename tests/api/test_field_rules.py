"""Each field of the directory, written by each person: the table of the docs, and what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.encryption_keys import register_encryption_key
from accounts.audiences.models import Audience
from api.field_rules import FIELD_RULES, PROFILE_FIELDS, Writer
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import NOW, SYSTEM
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

V1 = "/api/v1"

#: A new value for each field, good for whoever may write it.
VALUES: dict[str, dict[str, Any]] = {
    "users": {
        "id": "00000000-0000-0000-0000-000000000001",
        "email": "changed@example.org",
        "name": "Changed",
        "roles": ["lector"],
        "department": "compras",
        "tenant": "ours",
        "special_permissions": True,
        "locale": "en",
        "ui_preferences": {"theme": "dark"},
        "is_active": False,
        "is_staff": True,
        "is_superuser": True,
        "created_at": "2026-01-01T00:00:00Z",
    },
    "roles": {"code": "b", "label": "B", "description": "B", "retired_at": "2026-01-01T00:00:00Z"},
    "departments": {
        "code": "b",
        "label": "B",
        "parent": "compras",
        "tenant": "ours",
        "retired_at": "2026-01-01T00:00:00Z",
    },
    "tenants": {"code": "b", "label": "B", "retired_at": "2026-01-01T00:00:00Z"},
    "audiences": {
        "code": "b",
        "label": "B",
        "access_lifetime": 600,
        "max_token_bytes": 2048,
        "signing_algorithm": "ES256",
        "is_encrypted": True,
        "encryption_key": KEYS["EC"],
        "open_to_roles": ["lector"],
        "open_to_departments": ["compras"],
        "open_to_tenants": ["ours"],
        "claims": [{"path": "roles", "source": "roles", "required": True}],
        "contract_version": 9,
        "retired_at": "2026-01-01T00:00:00Z",
    },
}

FIELDS = [(resource, field) for resource, fields in FIELD_RULES.items() for field in fields]

#: What a row needs to be created at all.
NEEDED = {"users": {"email": "new@example.org", "name": "New"}}
NEEDED_BY: dict[str, dict[str, Any]] = {
    "department": {"tenant": "ours"},
    "parent": {"tenant": "ours"},
    "is_encrypted": {"encryption_key": KEYS["EC"]},
}
NEEDED_BY_OTHERS = {"code": "new", "label": "New"}


@pytest.fixture
def rows(alice: User) -> dict[str, str]:
    """Return what the address of one row of each resource says; and codes that its fields may name."""
    ours = TenantFactory.create(code="ours")
    DepartmentFactory.create(code="compras", tenant=ours)
    RoleFactory.create(code="lector")
    audience = Audience.objects.create(code="a", label="A")
    register_encryption_key(audience_id=audience.pk, jwk=KEYS["X25519"], actor=SYSTEM, now=NOW)
    return {
        "users": str(UserFactory.create(email="ana@example.org", tenant=ours, locale="es").pk),
        "roles": RoleFactory.create(code="a").code,
        "departments": DepartmentFactory.create(code="a", tenant=ours).code,
        "tenants": ours.code,
        "audiences": "a",
    }


def client_of(email: str) -> ApiClient:
    client = ApiClient()
    client.log_in(email)
    return client


@pytest.mark.parametrize(("resource", "field"), FIELDS, ids=".".join)
def test_administrator_changes_what_the_table_says(rows: dict[str, str], resource: str, field: str) -> None:
    client, address = client_of("alice@example.org"), f"{V1}/{resource}/{rows[resource]}/"
    before, value = read(client.get(address)), VALUES[resource][field]
    writable = FIELD_RULES[resource][field] in {Writer.ADMINISTRATORS, Writer.THE_PERSON_TOO}

    response = client.send("PATCH", address, {field: value})

    if writable:
        assert read(response)[field] == value
    else:
        assert list(read(response, 400)["error"]) == [field]
        assert read(client.get(address)) == before


@pytest.mark.parametrize(("resource", "field"), FIELDS, ids=".".join)
def test_administrator_writes_a_new_row_as_the_table_says(
    rows: dict[str, str], resource: str, field: str
) -> None:
    client, value = client_of("alice@example.org"), VALUES[resource][field]
    body = NEEDED.get(resource, NEEDED_BY_OTHERS) | NEEDED_BY.get(field, {}) | {field: value}

    response = client.post(f"{V1}/{resource}/", body)

    if FIELD_RULES[resource][field] is Writer.NOBODY:
        assert list(read(response, 400)["error"]) == [field]
    else:
        assert read(response, 201)[field] == value


@pytest.mark.parametrize("field", FIELD_RULES["users"])
def test_person_changes_what_is_theirs_to_change(rows: dict[str, str], field: str) -> None:
    client, value = client_of("ana@example.org"), VALUES["users"][field]
    before = read(client.get(f"{V1}/me/"))

    response = client.send("PATCH", f"{V1}/me/", {field: value})

    if FIELD_RULES["users"][field] is Writer.THE_PERSON_TOO:
        assert read(response)[field] == value
    else:
        assert list(read(response, 400)["error"]) == [field]
        assert read(client.get(f"{V1}/me/")) == before
    own = client.send("PATCH", f"{V1}/users/{rows['users']}/", {field: value})
    assert read(own, 403)["code"] == "access_denied"


@pytest.mark.parametrize(("resource", "field"), FIELDS, ids=".".join)
def test_person_without_the_role_writes_nothing(rows: dict[str, str], resource: str, field: str) -> None:
    client, body = client_of("ana@example.org"), {field: VALUES[resource][field]}

    changed = client.send("PATCH", f"{V1}/{resource}/{rows[resource]}/", body)
    created = client.post(f"{V1}/{resource}/", body)

    assert (changed.status_code, created.status_code) == (403, 403)


def test_every_field_has_its_value_here_and_its_place_in_an_answer(rows: dict[str, str]) -> None:
    client = client_of("alice@example.org")

    for resource, rules in FIELD_RULES.items():
        assert rules.keys() == VALUES[resource].keys()
        assert rules.keys() == read(client.get(f"{V1}/{resource}/{rows[resource]}/")).keys()
    assert set(PROFILE_FIELDS) == read(client.get(f"{V1}/me/")).keys()
