"""Who may log in to an audience: what rules mean, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.audiences.access import OPEN, AudienceAccess, read_access
from accounts.audiences.contracts import read_contract
from accounts.audiences.errors import AudienceClosedError
from accounts.audiences.models import AccessRule, Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.audit.models import AuditEvent
from accounts.models.subject_facts import read_subject_facts
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, refresh, row_of, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(
        roles=["editor"],
        tenant=(tenant := TenantFactory.create(code="empresa")),
        department=DepartmentFactory.create(code="finanzas", tenant=tenant),
    )


@pytest.fixture
def reports() -> Audience:
    return create_audience(code="reports", label="Reports", actor=SYSTEM, now=NOW)


def open_to(audience: Audience, **codes: list[str]) -> None:
    factories: dict[str, Any] = {
        "roles": RoleFactory,
        "departments": DepartmentFactory,
        "tenants": TenantFactory,
    }
    rows: dict[str, Any] = {
        f"open_to_{kind}": [factories[kind].create(code=code) for code in named]
        for kind, named in codes.items()
    }
    change_audience(audience_id=audience.pk, actor=SYSTEM, now=NOW, **rows)


WHO_GETS_IN = [
    ({}, True),
    ({"roles": {"editor"}}, True),
    ({"roles": {"lector", "editor"}}, True),
    ({"roles": {"lector"}}, False),
    ({"departments": {"finanzas"}}, True),
    ({"departments": {"ventas"}}, False),
    ({"tenants": {"empresa"}}, True),
    ({"tenants": {"otra"}}, False),
    ({"roles": {"editor"}, "departments": {"ventas"}}, False),
    ({"roles": {"lector"}, "departments": {"finanzas"}}, False),
    ({"roles": {"editor"}, "departments": {"finanzas"}, "tenants": {"empresa"}}, True),
]


@pytest.mark.parametrize("row", WHO_GETS_IN)
def test_one_of_each_kind_that_is_named_is_needed(alice: User, row: tuple[dict[str, set[str]], bool]) -> None:
    codes, is_let_in = row
    access = AudienceAccess(**{kind: frozenset(named) for kind, named in codes.items()})

    assert access.lets_in(read_subject_facts(alice)) is is_let_in


@pytest.mark.parametrize("codes", [{"roles": ["x"]}, {"departments": ["x"]}, {"tenants": ["x"]}])
def test_people_with_nothing_are_let_in_by_no_rule(reports: Audience, codes: dict[str, list[str]]) -> None:
    open_to(reports, **codes)

    with pytest.raises(AudienceClosedError):
        start_session(UserFactory.create(), audience="reports")


def test_a_role_that_is_retired_lets_nobody_in(alice: User, reports: Audience) -> None:
    open_to(reports, roles=["editor"])
    RoleFactory.create(code="editor").__class__.objects.update(retired_at=NOW)

    with pytest.raises(AudienceClosedError):
        start_session(alice, audience="reports")
    assert not RefreshSession.objects.exists()


def test_a_closed_audience_lets_no_session_advance_and_ends_none(alice: User, reports: Audience) -> None:
    tokens = start_session(alice, audience="reports")
    open_to(reports, roles=["lector"])

    with pytest.raises(AudienceClosedError):
        refresh(tokens.refresh_token)

    row = row_of(tokens)
    assert (row.generation, row.ended_at) == (1, None)
    open_to(reports, roles=[])
    assert refresh(tokens.refresh_token).access_token


def test_rules_are_read_with_one_query_more_only_where_there_are_some(
    reports: Audience, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert read_contract("reports").access is OPEN
    open_to(reports, roles=["a", "b"], departments=["c"])

    with django_assert_num_queries(2):
        access = read_contract("reports").access
    assert access == AudienceAccess(roles=frozenset({"a", "b"}), departments=frozenset({"c"}))


def test_rules_of_one_kind_are_replaced_and_the_others_stay(reports: Audience) -> None:
    open_to(reports, roles=["a", "b"], departments=["c"])
    open_to(reports, roles=["b", "d"])

    assert read_access("reports") == AudienceAccess(roles=frozenset({"b", "d"}), departments=frozenset({"c"}))
    event = AuditEvent.objects.order_by("-id")[0]
    assert (event.type, event.changes) == ("audience.changed", {"open_to_roles": [["a", "b"], ["b", "d"]]})


def test_writing_the_same_rules_again_changes_nothing(reports: Audience) -> None:
    open_to(reports, roles=["a"])
    before, events = list(AccessRule.objects.values()), AuditEvent.objects.count()

    open_to(reports, roles=["a"])

    assert (list(AccessRule.objects.values()), AuditEvent.objects.count()) == (before, events)


def test_what_is_retired_cannot_be_added_but_stays(reports: Audience) -> None:
    open_to(reports, roles=["a"])
    for code in ("a", "b"):
        RoleFactory.create(code=code)
    RoleFactory.create(code="a").__class__.objects.update(retired_at=NOW)

    open_to(reports, roles=["a"])
    with pytest.raises(ValidationError, match="b"):
        open_to(reports, roles=["a", "b"])
    assert read_access("reports").roles == {"a"}


def test_nobody_shuts_themselves_out_of_authsite(alice: User) -> None:
    own = Audience.objects.get(code=OWN_AUDIENCE)
    boss = UserFactory.create(is_superuser=True, roles=["admin"])

    with pytest.raises(ValidationError):
        change_audience(
            audience_id=own.pk,
            open_to_roles=[RoleFactory.create(code="editor")],
            actor=boss.as_actor(),
            now=NOW,
        )
    assert read_access(OWN_AUDIENCE) == OPEN
    admins = [RoleFactory.create(code="admin")]
    change_audience(audience_id=own.pk, open_to_roles=admins, actor=boss.as_actor(), now=NOW)
    assert read_access(OWN_AUDIENCE).roles == {"admin"}


def test_a_rule_does_not_go_with_its_role(reports: Audience) -> None:
    role = RoleFactory.create(code="a")
    open_to(reports, roles=["a"])

    with pytest.raises(ProtectedError):
        role.delete()


@pytest.mark.parametrize("kinds", [(), ("role", "department"), ("role", "department", "tenant")])
def test_a_rule_names_exactly_one_thing(reports: Audience, kinds: tuple[str, ...]) -> None:
    factories: dict[str, Any] = {
        "role": RoleFactory,
        "department": DepartmentFactory,
        "tenant": TenantFactory,
    }

    with pytest.raises(IntegrityError, match="access_rule_names_one_thing"), transaction.atomic():
        AccessRule.objects.create(audience=reports, **{kind: factories[kind].create() for kind in kinds})
