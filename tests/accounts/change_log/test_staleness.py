"""Which tokens a change makes stale, which it leaves good, and what an ended session says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.audiences.models import Audience, ContractClaim
from accounts.change_log.errors import EndedSessionError, StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.change_log.models import ChangeEntry
from accounts.change_log.scopes import Scope
from accounts.change_log.services import append_for_everybody
from accounts.change_log.staleness import may_have_gained, require_fresh
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.tokens.verification import verify_access_token
from accounts.tokens.verified_claims import VerifiedClaims
from tests.accounts.journeys import NOW, OWN_AUDIENCE, claims_of, refresh, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(alice: User) -> IssuedTokens:
    """Return tokens that were issued when the log had an entry already."""
    append_for_everybody()
    committed()
    return start_session(alice)


def committed() -> None:
    """Run what PostgreSQL keeps for the commit, and let the next second begin."""
    connection.check_constraints()
    live_log.forget()


TAKEN: dict[str, Callable[[User], object]] = {
    "role": lambda alice: alice.roles.remove(Role.objects.get(code="editor")),
    "retired role": lambda _: Role.objects.filter(code="editor").update(retired_at=NOW),
    "department": lambda alice: User.objects.filter(pk=alice.pk).update(department=None),
    "retired department": lambda _: Department.objects.update(retired_at=NOW),
    "tenant": lambda alice: User.objects.filter(pk=alice.pk).update(tenant=TenantFactory.create()),
    "retired tenant": lambda _: Tenant.objects.update(retired_at=NOW),
    "special permissions": lambda _: User.objects.update(special_permissions=False),
    "activity": lambda _: User.objects.update(is_active=False),
    "account": lambda alice: User.objects.filter(pk=alice.pk).delete(),
    "a claim of the contract": lambda _: ContractClaim.objects.filter(path="tenant_id").delete(),
    "everything": lambda _: append_for_everybody(),
}


@pytest.mark.parametrize("what", TAKEN)
def test_token_from_which_something_was_taken_is_stale(alice: User, phone: IssuedTokens, what: str) -> None:
    assert claims_of(phone.access_token)["sub"] == str(alice.id)

    TAKEN[what](alice)
    committed()

    with pytest.raises(StaleTokenError if what != "account" else (StaleTokenError, EndedSessionError)):
        claims_of(phone.access_token)


ADDED: dict[str, Callable[[User], object]] = {
    "role": lambda alice: alice.roles.add(RoleFactory.create(code="lector")),
    "restored role": lambda _: Role.objects.filter(code="old").update(retired_at=None),
    "name": lambda _: User.objects.update(name="Other"),
    "claim": lambda _: ContractClaim.objects.create(
        audience=Audience.objects.get(code=OWN_AUDIENCE), path="lang", source="locale"
    ),
}


@pytest.mark.parametrize("what", ADDED)
def test_token_that_only_lacks_something_stays_good(alice: User, phone: IssuedTokens, what: str) -> None:
    RoleFactory.create(code="old", retired_at=NOW)
    committed()
    assert not may_have_gained(claims_of(phone.access_token))

    ADDED[what](alice)
    committed()

    assert may_have_gained(claims_of(phone.access_token))


OTHERS: dict[str, Callable[[], object]] = {
    "somebody's role": lambda: User.objects.get(email="bob@example.org").roles.clear(),  # noqa: PLW0108 - read when called
    "a role that she lacks": lambda: Role.objects.filter(code="lector").update(retired_at=NOW),
    "a department that is not hers": lambda: Department.objects.filter(code="other").update(retired_at=NOW),
    "another audience": lambda: Audience.objects.filter(code="reports").update(retired_at=NOW),
    "somebody": lambda: User.objects.filter(email="bob@example.org").delete(),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_taken_from_others_does_not_touch_a_token(phone: IssuedTokens, what: str) -> None:
    UserFactory.create(email="bob@example.org", roles=["lector"])
    DepartmentFactory.create(code="other")
    Audience.objects.create(code="reports", label="Reports")
    committed()

    OTHERS[what]()
    committed()

    assert claims_of(phone.access_token)


def test_refreshed_token_is_good_again(alice: User, phone: IssuedTokens) -> None:
    alice.roles.remove(Role.objects.get(code="editor"))
    committed()

    again = claims_of(refresh(phone.refresh_token).access_token)

    assert again["user_roles"] == ["admin"]
    assert again["epoch"] == ChangeEntry.objects.latest("position").position


def test_token_of_an_ended_session_says_so_and_others_stay_good(alice: User, phone: IssuedTokens) -> None:
    other = start_session(alice)
    RefreshSession.objects.filter(sid=phone.sid).update(ended_at=NOW, end_reason=EndReason.LOGOUT)
    committed()

    with pytest.raises(EndedSessionError):
        claims_of(phone.access_token)
    assert claims_of(other.access_token)


def test_retired_role_is_found_wherever_a_contract_says_it(alice: User) -> None:
    reports = Audience.objects.create(code="reports", label="Reports")
    reports.contract_claims.create(path="deep.within.groups", source="roles")
    token = start_session(alice, audience="reports").access_token
    committed()
    assert claims_of(token)

    Role.objects.filter(code="editor").update(retired_at=NOW)
    committed()

    with pytest.raises(StaleTokenError):
        claims_of(token)


def test_department_that_is_moved_touches_the_tokens_that_say_its_path(alice: User) -> None:
    ContractClaim.objects.filter(source="department_code").update(source="department")
    head = DepartmentFactory.create(code="head", tenant=alice.tenant)
    Department.objects.filter(code="compras").update(parent=head)
    committed()
    token = start_session(alice).access_token
    committed()
    assert claims_of(token)["custom_data"]["departamento"]["path"] == ["head", "compras"]

    Department.objects.filter(code="head").update(parent=DepartmentFactory.create(tenant=alice.tenant))
    committed()

    with pytest.raises(StaleTokenError):
        claims_of(token)


def test_token_from_a_time_that_a_restored_backup_lost_is_stale(alice: User, phone: IssuedTokens) -> None:
    alice.roles.add(RoleFactory.create(code="lector"))
    committed()
    token = refresh(phone.refresh_token).access_token
    restored = ChangeEntry.objects.order_by("position").first()
    assert restored is not None
    ChangeEntry.objects.exclude(position=restored.position).delete()
    committed()

    with pytest.raises(StaleTokenError):
        claims_of(token)

    append_for_everybody()  # the log goes on after all that it lost
    committed()
    lost = verify_access_token(token, now=NOW, may_be_outdated=True).claims
    assert ChangeEntry.objects.latest("position").position > VerifiedClaims.of(lost).epoch


def test_token_of_another_process_that_has_read_a_later_entry_is_good_at_once(alice: User) -> None:
    live_log.copy()
    alice.roles.remove(Role.objects.get(code="editor"))
    connection.check_constraints()
    token = start_session(alice).access_token

    assert claims_of(token)["epoch"] > 0


def test_verification_costs_no_query_within_the_second(
    phone: IssuedTokens, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claims_of(phone.access_token)

    with django_assert_num_queries(0):
        for _ in range(20):
            claims_of(phone.access_token)


values = st.sampled_from(["alice", "bob", "editor", "compras", "x"])
entries = st.lists(st.tuples(st.sampled_from(list(Scope)), values, st.booleans()), max_size=12)


def test_judgement_is_that_of_reading_the_whole_log() -> None:
    claims: dict[str, Any] = {
        "sub": "alice",
        "sid": "x",
        "aud": "reports",
        "user_roles": ["editor", "lector"],
        "custom_data": {"departamento": "compras", "n": 1},
    }
    names = {("sub", "alice"), ("sid", "x"), ("aud", "reports"), ("kid", "bob"), ("all", "")}
    names |= {(scope, code) for scope in ("role", "department", "tenant") for code in ("editor", "compras")}

    @given(log=entries, epoch=st.integers(0, 12))
    def judged_alike(log: list[tuple[Scope, str, bool]], epoch: int) -> None:
        ChangeEntry.objects.all().delete()
        rows = [
            ChangeEntry(
                position=10**13 + number,
                scope=scope,
                value="" if scope is Scope.EVERYBODY else value,
                took_away=took,
            )
            for number, (scope, value, took) in enumerate(log, 1)
        ]
        ChangeEntry.objects.bulk_create(rows)
        live_log.forget()
        said = claims | {"epoch": 10**13 + min(epoch, len(log)) if log else 0}
        # A revoked key is no good whatever epoch the token states, unless it came back.
        of_key = [row.took_away for row in rows if (row.scope, row.value) == ("kid", "bob")]
        touching = [
            row
            for row in rows
            if row.took_away
            and (row.scope, row.value) in names
            and (of_key[-1] if row.scope == "kid" else row.position > said["epoch"])
        ]

        try:
            require_fresh(said, kid="bob")
        except EndedSessionError:
            assert any(row.scope == "sid" for row in touching)
            assert all(row.scope != "kid" for row in touching)
        except StaleTokenError:
            assert touching
            assert {row.scope for row in touching} & {"kid"} or all(row.scope != "sid" for row in touching)
        else:
            assert not touching

    judged_alike()
