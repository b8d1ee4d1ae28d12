"""What live sessions still carry, against what a refresh would say now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.services import change_audience, change_contract, create_audience
from accounts.audit.models import AuditEvent
from accounts.change_log.live_log import live_log
from accounts.change_log.models import newest_position
from accounts.explanations.sessions.carried import (
    SHOWN,
    Acceptance,
    Carried,
    Gap,
    live_sessions,
    what_sessions_carry,
)
from accounts.models import Role, User
from accounts.services.roles import retire_role
from accounts.services.users import assign_role, change_user, create_user, unassign_role
from tests.accounts.audit.sealed_log import seal, unguarded
from tests.accounts.journeys import SECOND, SYSTEM, refresh, start_session
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_limits")]

HOUR = timedelta(hours=1)


@pytest.fixture
def ana() -> User:
    for code in ("editor", "lector"):
        RoleFactory.create(code=code)
    return create_user(
        email="ana@example.org",
        name="Ana",
        roles=[Role.objects.get(code="editor")],
        department=DepartmentFactory.create(code="compras"),
        password=PASSWORD,
        actor=SYSTEM,
        now=timezone.now() - 5 * HOUR,
    )


def swap_roles(user: User, *, hours_ago: int = 1) -> None:
    said: dict[str, Any] = {"user_id": user.pk, "actor": SYSTEM, "now": timezone.now() - hours_ago * HOUR}
    unassign_role(role=Role.objects.get(code="editor"), **said)
    assign_role(role=Role.objects.get(code="lector"), **said)
    connection.check_constraints()  # PostgreSQL: write to the change log now, as a commit does


def after_all_changes() -> datetime:
    """Return now, or the moment of the newest entry: PostgreSQL's sequence remembers tests of the future."""
    return max(timezone.now(), datetime.fromtimestamp((newest_position() + 1) / 1000, UTC))


def carried(user: User, *, viewer: User | None = None) -> list[Carried]:
    connection.check_constraints()  # as above
    live_log.forget()
    fresh = User.objects.with_directory().prefetch_related("roles").get(pk=user.pk)
    now = after_all_changes()
    sessions, _more = live_sessions(fresh, now=now)
    return what_sessions_carry(sessions, user=fresh, epoch=0, viewer=viewer or UserFactory.build(), now=now)


def only(user: User, *, viewer: User | None = None) -> Carried:
    (one,) = carried(user, viewer=viewer)
    return one


def test_a_session_of_which_nothing_was_changed_says_the_same(ana: User) -> None:
    start_session(ana, now=timezone.now() - HOUR)

    one = only(ana)

    assert (one.acceptance, one.differences, one.gaps) == (Acceptance.ACCEPTED, (), {})
    assert one.expires_at == one.session.rotated_at + 8 * HOUR


def test_what_was_taken_away_and_added_since_is_named(ana: User) -> None:
    start_session(ana, now=timezone.now() - 2 * HOUR)
    swap_roles(ana)

    one = only(ana)

    (roles,) = one.differences
    assert (roles.path, roles.before, roles.now) == ("user_roles", ["editor"], ["lector"])
    assert (roles.taken, roles.added) == (("editor",), ("lector",))
    assert one.acceptance is Acceptance.REFUSED


def test_each_session_is_compared_from_its_own_last_step_on(ana: User) -> None:
    old = start_session(ana, now=timezone.now() - 4 * HOUR)
    start_session(ana, now=timezone.now() - 3 * HOUR)
    swap_roles(ana, hours_ago=2)
    refresh(old.refresh_token, now=after_all_changes())

    refreshed, stale = carried(ana)

    assert (refreshed.session.sid, refreshed.differences) == (old.sid, ())
    assert refreshed.acceptance is Acceptance.ACCEPTED
    assert [each.path for each in stale.differences] == ["user_roles"]


def test_what_came_about_by_a_retired_role_shows_too(ana: User) -> None:
    start_session(ana, now=timezone.now() - 2 * HOUR)
    retire_role(role_id=Role.objects.get(code="editor").pk, actor=SYSTEM, now=timezone.now() - HOUR)

    one = only(ana)

    assert [(each.taken, each.added) for each in one.differences] == [(("editor",), ())]
    assert one.acceptance is Acceptance.REFUSED


def test_a_claim_that_is_said_only_on_one_side_is_told_from_null(ana: User) -> None:
    start_session(ana, now=timezone.now() - 2 * HOUR)
    tenant = TenantFactory.create(code="ours")
    change_user(user_id=ana.pk, tenant=tenant, department=None, actor=SYSTEM, now=timezone.now() - HOUR)

    department, tenant_id = only(ana).differences

    assert (department.before, department.now, department.is_said) == ("compras", None, True)
    assert (tenant_id.was_said, tenant_id.is_said, tenant_id.now) == (False, True, "ours")


@pytest.mark.parametrize(
    ("before", "after", "acceptance"), [(8, 1, Acceptance.ACCEPTED), (1, 8, Acceptance.EXPIRED)]
)
def test_the_last_token_expires_by_the_lifetime_that_it_was_issued_with(
    ana: User, before: int, after: int, acceptance: Acceptance
) -> None:
    Audience.objects.update(access_lifetime=before * HOUR)
    start_session(ana, now=timezone.now() - 3 * HOUR)
    said: dict[str, Any] = {"audience_id": Audience.objects.get().pk, "actor": SYSTEM}
    change_audience(access_lifetime=after * HOUR, now=timezone.now() - 2 * HOUR, **said)

    one = only(ana)

    assert one.acceptance is acceptance
    assert one.expires_at == one.session.rotated_at + before * HOUR


def test_a_changed_contract_is_said_and_the_contract_of_then_is_compared(ana: User) -> None:
    rows = [ContractClaimInput(path="r", source="roles"), ContractClaimInput(path="n", source="name")]
    other = create_audience(
        code="other", label="O", rows=rows[:1], actor=SYSTEM, now=timezone.now() - 4 * HOUR
    )
    start_session(ana, now=timezone.now() - 2 * HOUR, audience="other")
    changed_at = timezone.now() - HOUR
    change_contract(audience_id=other.pk, rows=rows, actor=SYSTEM, now=changed_at)
    swap_roles(ana)

    one = only(ana)

    assert one.gaps == {Gap.CONTRACT_CHANGED: changed_at}
    assert one.is_known
    roles, name = one.differences
    assert (roles.path, name.path) == ("r", "n")
    assert (name.was_said, name.is_said) == (False, True)


def test_dropped_events_leave_it_unknown(ana: User) -> None:
    start_session(ana, now=timezone.now() - 2 * HOUR)
    last = seal(most=1000, now=timezone.now())[-1]
    dropped = timezone.now() - HOUR
    with unguarded():
        type(last).objects.update(dropped_at=timezone.now(), latest_at=dropped)
        AuditEvent.objects.all().delete()

    one = only(ana)

    assert one.gaps == {Gap.DROPPED: dropped}
    assert (one.is_known, one.acceptance) == (False, Acceptance.UNKNOWN)


def test_what_no_event_explains_is_not_certain(ana: User) -> None:
    start_session(ana, now=timezone.now() - 2 * HOUR)
    swap_roles(ana)
    User.objects.get(pk=ana.pk).roles.clear()

    assert only(ana).gaps == {Gap.UNRECORDED: "lector"}


def test_a_contract_that_cannot_be_read_or_computed_leaves_it_unknown(ana: User) -> None:
    start_session(ana, now=timezone.now() - HOUR)
    row = ContractClaim.objects.create(audience=Audience.objects.get(), path="odd", source="not_there")

    assert only(ana).gaps == {Gap.FAILED: "claim_source_failed"}
    row.delete()
    Audience.objects.update(retired_at=timezone.now())
    one = only(ana)
    assert (one.gaps, one.expires_at) == ({Gap.FAILED: "unknown_audience"}, None)
    assert one.acceptance is Acceptance.REFUSED


def test_staff_of_a_tenant_do_not_learn_what_was_said_in_another(ana: User) -> None:
    ours = TenantFactory.create(code="ours")
    start_session(ana, now=timezone.now() - 2 * HOUR)
    change_user(user_id=ana.pk, tenant=ours, department=None, actor=SYSTEM, now=timezone.now() - HOUR)
    swap_roles(ana, hours_ago=0)

    one = only(ana, viewer=UserFactory.create(tenant=ours))

    assert (one.gaps, one.differences, one.is_known) == ({Gap.ELSEWHERE: ""}, (), False)
    assert one.acceptance is Acceptance.REFUSED


def test_queries_do_not_grow_with_the_sessions(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the first second is over before the second question.
    for module in ("accounts.change_log.live_log", "accounts.keys.remembered"):
        monkeypatch.setattr(f"{module}.MAX_AGE", 3600.0)
    for number in range(SHOWN + 2):
        start_session(ana, now=timezone.now() - HOUR + number * SECOND)
    swap_roles(ana, hours_ago=0)
    fresh = User.objects.with_directory().prefetch_related("roles").get(pk=ana.pk)
    live_log.copy()
    now = timezone.now()

    with django_assert_num_queries(1):
        sessions, are_more = live_sessions(fresh, now=now)
    with django_assert_num_queries(8):
        found = what_sessions_carry(sessions, user=fresh, epoch=0, viewer=UserFactory.build(), now=now)

    assert (len(found), are_more) == (SHOWN, True)
    assert all(one.differences for one in found)
    with django_assert_num_queries(0):
        assert what_sessions_carry([], user=fresh, epoch=0, viewer=fresh, now=now) == []
