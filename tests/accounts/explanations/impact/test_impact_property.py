"""Whatever is changed: the impact that is shown is the difference between real tokens."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.contracts import read_contract
from accounts.audiences.models import Audience
from accounts.audiences.services import change_contract, create_audience
from accounts.change_log.live_log import live_log
from accounts.change_log.models import newest_position
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.values import Difference, News
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.services import start_refresh_session
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.departments import change_department, retire_department
from accounts.services.roles import retire_role
from accounts.services.tenants import retire_tenant
from accounts.services.users import change_user
from accounts.tokens.errors import TokenUnissuableError
from tests.accounts.explanations.impact.trying import impact_of
from tests.accounts.journeys import NOW, ORIGIN, OWN_AUDIENCE, SYSTEM, claims_of
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.explanations.impact.values import AudienceDifference, ClaimDifference

pytestmark = pytest.mark.django_db

CODES = ("a", "b", "c", "a-role-whose-code-takes-as-much-room-as-a-code-of-a-role-may-do")
SOURCES = (
    "roles",
    "department",
    "department_code",
    "special_permissions",
    "tenant_id",
    "name",
    "ui_preferences",
)
Claims = dict[str, Any]
AUDIENCES = (OWN_AUDIENCE, "reports")
PER_TOKEN = {"iat", "exp", "jti", "sid", "epoch"}

roles = st.sets(st.sampled_from(CODES))
contracts = st.dictionaries(
    st.sampled_from(("x", "y.one", "y.two", "z")), st.tuples(st.sampled_from(SOURCES), st.booleans())
)
facts = st.fixed_dictionaries(
    {
        "special_permissions": st.booleans(),
        "department": st.sampled_from((None, "root", "leaf", "other")),
        "tenant": st.sampled_from((None, "t")),
        "roles": roles,
        "name": st.sampled_from(("Ada", "Zoë")),
        "ui_preferences": st.sampled_from(({}, {"theme": "dark", "n": [1]})),
        "is_active": st.booleans(),
    }
)
changes = st.one_of(
    st.tuples(st.just("person"), facts),
    st.tuples(st.just("role retired"), st.sampled_from(CODES)),
    st.tuples(st.just("department retired"), st.sampled_from(("root", "leaf"))),
    st.tuples(st.just("department renamed"), st.just("leaf")),
    st.tuples(st.just("department moved"), st.just("leaf")),
    st.tuples(st.just("tenant retired"), st.just("t")),
    st.tuples(st.just("contract"), contracts),
)


@settings(max_examples=50, deadline=None)
@given(contract=contracts, before=facts, change=changes, budget=st.sampled_from((700, 2048)))
def test_impact_is_the_difference_of_real_tokens(
    contract: dict[str, tuple[str, bool]], before: dict[str, Any], change: tuple[str, Any], budget: int
) -> None:
    with transaction.atomic():
        alice = organisation(contract, before, budget)
        deed = deeds(alice)[change[0]]
        old, could = tokens(alice), alice.may_log_in()

        impact = impact_of(Touched(people=User.objects.filter(pk=alice.pk)), lambda: deed(change[1]))
        deed(change[1])

        new, can = tokens(alice), User.objects.get(pk=alice.pk).may_log_in()
        shown = impact.groups[0].difference if impact.groups else Difference()
        assert shown.login == news(could, can)
        if could and can:
            differences = {at.audience: at for at in shown.audiences}
            for audience in AUDIENCES:
                holds(old[audience], new[audience], differences.get(audience))
        transaction.set_rollback(True)


def news(before: object, after: object) -> News | None:
    if bool(before) == bool(after):
        return None
    return News.GAINED if after else News.LOST


def holds(old: Claims | None, new: Claims | None, shown: AudienceDifference | None) -> None:
    """Assert that what is shown, done to the claims of the old token, makes those of the new one."""
    assert (shown.token if shown else None) == news(old, new)
    if old is None or new is None:
        return
    patched: Any = deepcopy(old)
    for claim in shown.claims if shown else ():
        take_out(patched, claim)
    for claim in shown.claims if shown else ():
        put_in(patched, old, claim)
    assert in_order(patched) == in_order(new)


def take_out(claims: Any, claim: ClaimDifference) -> None:
    if claim.before is not None or claim.removed or claim.added:
        delete(claims, claim.path.split("."))


def delete(claims: Any, names: list[str]) -> None:
    """Delete a claim, and whatever holds nothing any more."""
    if len(names) > 1:
        delete(claims[names[0]], names[1:])
    if len(names) == 1 or claims[names[0]] == {}:
        del claims[names[0]]


def put_in(claims: Any, old: Any, claim: ClaimDifference) -> None:
    if claim.after is None and not (claim.removed or claim.added):
        return
    *parents, name = claim.path.split(".")
    for parent in parents:
        claims = claims.setdefault(parent, {})
        old = old.get(parent) or {}
    if claim.removed or claim.added:
        held = Counter(old[name]) - Counter(claim.removed) + Counter(claim.added)
        claims[name] = list(held.elements())
    else:
        claims[name] = json.loads(str(claim.after))


def in_order(value: Any) -> Any:
    """Return ``value`` with its lists in one order: a set of roles was told, not their places."""
    if isinstance(value, dict):
        return {name: in_order(inner) for name, inner in value.items()}
    return sorted(value, key=str) if isinstance(value, list) else value


def organisation(contract: dict[str, tuple[str, bool]], facts: dict[str, Any], budget: int) -> User:
    for code in CODES:
        RoleFactory.create(code=code)
    TenantFactory.create(code="t")
    root = DepartmentFactory.create(code="root")
    DepartmentFactory.create(code="leaf", parent=root)
    DepartmentFactory.create(code="other")
    rows = rows_of(contract)
    create_audience(code="reports", label="R", rows=rows, max_token_bytes=budget, actor=SYSTEM, now=NOW)
    alice: User = UserFactory.create(email="alice@example.org", password="!")
    change_user(user_id=alice.pk, actor=SYSTEM, now=NOW, **as_rows(facts))
    read: User = User.objects.with_directory().get(pk=alice.pk)
    return read


def rows_of(contract: dict[str, tuple[str, bool]]) -> list[ContractClaimInput]:
    return [
        ContractClaimInput(path=path, source=source, required=required)
        for path, (source, required) in contract.items()
    ]


def as_rows(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {
        "department": Department.objects.filter(code=facts["department"]).first(),
        "tenant": Tenant.objects.filter(code=facts["tenant"]).first(),
        "roles": list(Role.objects.filter(code__in=facts["roles"])),
    }


def deeds(alice: User) -> dict[str, Callable[[Any], object]]:
    """Return what can be done, each with what it is done to."""
    act: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    return {
        "person": lambda facts: change_user(user_id=alice.pk, **as_rows(facts), **act),
        "role retired": lambda code: retire_role(role_id=Role.objects.get(code=code).pk, **act),
        "department retired": lambda code: retire_department(department_id=department(code).pk, **act),
        "department renamed": lambda code: change_department(
            department_id=department(code).pk, label="Zweig", **act
        ),
        "department moved": lambda code: change_department(
            department_id=department(code).pk, parent=department("other"), **act
        ),
        "tenant retired": lambda code: retire_tenant(tenant_id=Tenant.objects.get(code=code).pk, **act),
        "contract": lambda contract: change_contract(
            audience_id=Audience.objects.get(code="reports").pk, rows=rows_of(contract), **act
        ),
    }


def department(code: str) -> Department:
    found: Department = Department.objects.get(code=code)
    return found


def tokens(alice: User) -> dict[str, Claims | None]:
    """Return what a real token says for each audience; none where none is issued."""
    connection.check_constraints()  # commits, as far as a test can
    live_log.forget()
    person = User.objects.with_directory().get(pk=alice.pk)
    return {audience: real_claims(person, audience) for audience in AUDIENCES}


def real_claims(person: User, audience: str) -> Claims | None:
    """Log in without the password, which has nothing to do with it and takes time."""
    if not person.may_log_in():
        return None
    try:
        issued = start_refresh_session(
            user=person,
            epoch=newest_position(),
            contract=read_contract(audience),
            client_id=audience,
            device=Device(),
            auth_methods=("pwd",),
            actor=person.as_actor(ORIGIN),
            now=NOW,
        )
    except TokenUnissuableError:
        return None
    said = claims_of(issued.access_token)
    return {name: said[name] for name in said if name not in PER_TOKEN}
