"""Whatever changes organisation, contracts, sessions and keys is in the log, by whatever path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.services import change_contract, retire_audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import ensure_current_key
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session
from accounts.services.tenants import retire_tenant
from accounts.services.users import delete_user
from tests.accounts.change_log.commits import in_database, sql, written
from tests.accounts.journeys import NOW, SYSTEM, refresh, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db

ORGANISATION: dict[str, tuple[Callable[[], object], list[tuple[str, str, str]]]] = {
    "role retired": (
        lambda: Role.objects.filter(code="editor").update(retired_at=NOW),
        [("role", "editor", "-")],
    ),
    "role restored": (
        lambda: Role.objects.filter(code="old").update(retired_at=None),
        [("role", "old", "+")],
    ),
    "role's code, by raw SQL": (
        lambda: sql("UPDATE accounts_role SET code = 'x' WHERE code = 'editor'"),
        [("role", "editor", "-"), ("role", "x", "+")],
    ),
    "role renamed": (lambda: Role.objects.update(label="Other", description="Other"), []),
    "department retired": (
        lambda: Department.objects.filter(code="compras").update(retired_at=NOW),
        [("department", "compras", "-")],
    ),
    "department restored": (
        lambda: Department.objects.filter(code="closed").update(retired_at=None),
        [("department", "closed", "+")],
    ),
    "department moved": (
        lambda: Department.objects.filter(code="compras").update(parent=None),
        [("department", "compras", "-")],
    ),
    "department renamed": (
        lambda: Department.objects.filter(code="compras").update(label="Other"),
        [("department", "compras", "+")],
    ),
    "department deleted": (
        lambda: Department.objects.filter(code="closed").delete(),
        [("department", "closed", "-")],
    ),
    "tenant restored": (
        lambda: Tenant.objects.filter(code="gone").update(retired_at=None),
        [("tenant", "gone", "+")],
    ),
    "tenant renamed": (lambda: Tenant.objects.update(label="Other"), []),
    "tenant deleted": (lambda: Tenant.objects.filter(code="gone").delete(), [("tenant", "gone", "-")]),
}


@pytest.mark.parametrize("what", ORGANISATION)
def test_organisation(alice: User, what: str) -> None:
    change, expected = ORGANISATION[what]
    RoleFactory.create(code="old", retired_at=NOW)
    DepartmentFactory.create(code="closed", retired_at=NOW)
    TenantFactory.create(code="gone", retired_at=NOW)
    assert alice.department is not None
    alice.department.parent = DepartmentFactory.create(code="head", tenant=alice.tenant)
    alice.department.save()

    with written() as entries:
        change()

    assert sorted(entries) == sorted(expected)


def test_a_deleted_role_is_taken_from_its_holders(alice: User) -> None:
    with written() as entries:
        Role.objects.get(code="editor").delete()

    assert sorted(entries) == [("role", "editor", "-"), ("sub", str(alice.id), "-")]


@pytest.mark.parametrize("way", ["service", "QuerySet.update"])
def test_a_retired_tenant_is_one_entry_where_every_token_says_it(alice: User, way: str) -> None:
    tenant = alice.tenant
    assert tenant is not None

    with written() as entries:
        if way == "service":
            retire_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW)
        else:
            Tenant.objects.filter(pk=tenant.pk).update(retired_at=NOW)

    assert entries == [("tenant", "ours", "-")]


def test_a_retired_tenant_is_an_entry_for_each_of_its_people_where_a_token_may_not_say_it(
    alice: User,
) -> None:
    Audience.objects.create(code="silent", label="Silent")

    with written() as entries:
        Tenant.objects.filter(code="ours").update(retired_at=NOW)

    assert entries == [("tenant", "ours", "-"), ("sub", str(alice.id), "-")]


@pytest.mark.parametrize("way", ["service", "QuerySet.delete", "raw delete"])
def test_deleted_people(way: str) -> None:
    bob = UserFactory.create()

    with written() as entries:
        if way == "service":
            delete_user(user_id=bob.pk, actor=SYSTEM, now=NOW)
        elif way == "QuerySet.delete":
            User.objects.filter(pk=bob.pk).delete()
        else:
            sql("DELETE FROM accounts_user WHERE id = %s", in_database(bob.id))

    assert entries == [("sub", str(bob.id), "-")]


@pytest.mark.parametrize("way", ["service", "QuerySet.update", "delete"])
def test_ended_sessions(alice: User, way: str) -> None:
    phone = start_session(alice, now=timezone.now())

    with written() as entries:
        if way == "service":
            end_refresh_session(
                user_id=alice.pk, sid=phone.sid, reason=EndReason.LOGOUT, actor=SYSTEM, now=NOW
            )
        elif way == "QuerySet.update":
            RefreshSession.objects.update(ended_at=NOW, end_reason=EndReason.LOGOUT)
        else:
            RefreshSession.objects.all().delete()

    assert entries == [("sid", str(phone.sid), "-")]


def test_sessions_whose_tokens_are_all_dead_are_deleted_without_a_word(alice: User) -> None:
    start_session(alice, now=NOW)  # its absolute lifetime is long over
    RefreshSession.objects.update(ended_at=None)

    with written() as entries:
        RefreshSession.objects.all().delete()

    assert entries == []


def test_a_login_and_a_refresh_write_no_entry(alice: User) -> None:
    with written() as entries:
        refresh(start_session(alice).refresh_token)

    assert entries == []


def contract(*rows: tuple[str, str]) -> None:
    change_contract(
        audience_id=Audience.objects.get(code="reports").pk,
        rows=[ContractClaimInput(path=path, source=source) for path, source in rows],
        actor=SYSTEM,
        now=NOW,
    )


TWO = (("roles", "roles"), ("lang", "locale"))

CONTRACTS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "row added": (lambda: contract(*TWO, ("mail", "email")), ["+"]),
    "rows in another order": (lambda: contract(*reversed(TWO)), []),
    "claim of the tenant added": (lambda: contract(*TWO, ("tenant", "tenant_id")), ["-"]),
    "row left out": (lambda: contract(TWO[0]), ["-"]),
    "other source": (lambda: contract(TWO[0], ("lang", "email")), ["-", "+"]),
    "other path": (lambda: contract(TWO[0], ("language", "locale")), ["-", "+"]),
    "other path, by update": (
        lambda: ContractClaim.objects.filter(path="lang").update(path="x"),
        ["-", "+"],
    ),
    "optional now": (
        lambda: ContractClaim.objects.filter(path="lang").update(required=False),
        ["-", "+"],
    ),
    "retired": (
        lambda: retire_audience(audience_id=Audience.objects.get(code="reports").pk, actor=SYSTEM, now=NOW),
        ["-"],
    ),
    "budget and lifetime": (lambda: Audience.objects.update(max_token_bytes=4096, label="Other"), []),
    "deleted": (lambda: Audience.objects.filter(code="reports").delete(), ["-"]),
}


@pytest.mark.parametrize("what", CONTRACTS)
def test_contracts(what: str) -> None:
    change, signs = CONTRACTS[what]
    Audience.objects.create(code="reports", label="Reports")
    contract(*TWO)

    with written() as entries:
        change()

    assert sorted(entries) == sorted(("aud", "reports", sign) for sign in signs)


@pytest.mark.parametrize("way", ["save", "delete"])
def test_revoked_keys(way: str) -> None:
    key = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)

    with written() as entries:
        if way == "save":
            key.state = KeyState.PREVIOUS
            key.save()
            key.state = KeyState.REVOKED
            key.save()
        else:
            SigningKey.objects.filter(kid=key.kid).delete()

    assert entries == [("kid", key.kid, "-")]


def test_a_key_that_comes_back_takes_its_revocation_back() -> None:
    key = ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=NOW)
    SigningKey.objects.filter(pk=key.pk).delete()

    with written() as entries:
        key.save(force_insert=True)
        SigningKey.objects.filter(pk=key.pk).update(state=KeyState.REVOKED)
        SigningKey.objects.filter(pk=key.pk).update(state=KeyState.PREVIOUS)

    assert entries == [("kid", key.kid, "+"), ("kid", key.kid, "-")]  # and once more "+"


def test_an_import_by_loaddata(alice: User, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    call_command("dumpdata", "accounts.user", output=str(file))
    people = json.loads(file.read_text("utf-8"))
    people[0]["fields"] |= {"special_permissions": False}
    file.write_text(json.dumps(people), "utf-8")

    with written() as entries:
        call_command("loaddata", str(file), verbosity=0)

    # loaddata writes the roles of each person anew.
    assert ("sub", str(alice.id), "-") in entries


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
def test_replace_is_a_deletion(alice: User) -> None:
    with written() as entries:
        sql("INSERT OR REPLACE INTO accounts_role SELECT * FROM accounts_role WHERE code = 'editor'")

    assert entries == [("role", "editor", "-")]


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_truncate_takes_from_everybody(alice: User) -> None:
    with written() as entries:
        sql("TRUNCATE accounts_user_roles")

    assert entries == [("all", "", "-")]
