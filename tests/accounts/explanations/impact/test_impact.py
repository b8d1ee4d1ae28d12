"""What a change does to people's tokens: computed by making it, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import create_audience
from accounts.explanations.impact.reach import holders, members_below, people_of, people_themselves
from accounts.explanations.impact.values import (
    Absence,
    AdminDifference,
    AudienceDifference,
    ClaimDifference,
    Difference,
    News,
)
from accounts.models import Role, Tenant, User
from accounts.services.departments import change_department, retire_department
from accounts.services.roles import change_role, retire_role
from accounts.services.tenants import restore_tenant, retire_tenant
from accounts.services.users import assign_role, change_user
from tests.accounts.explanations.impact.trying import impact_of, only_difference, viewer
from tests.accounts.journeys import DAY, NOW, OWN_AUDIENCE, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.explanations.impact.values import Impact

pytestmark = pytest.mark.django_db


def own(*claims: ClaimDifference) -> Difference:
    """Return that only these claims of authsite's own audience change."""
    return Difference(audiences=(AudienceDifference(audience=OWN_AUDIENCE, claims=claims),))


def of_person(user: User, **fields: object) -> Impact:
    touched = people_themselves(User.objects.filter(pk=user.pk), viewer=viewer())
    return impact_of(touched, lambda: change_user(user_id=user.pk, actor=SYSTEM, now=NOW, **fields))  # type: ignore[arg-type] # any of them


def of_role(code: str) -> Impact:
    role = Role.objects.get(code=code)
    touched = holders([role.pk], viewer=viewer())
    return impact_of(touched, lambda: retire_role(role_id=role.pk, actor=SYSTEM, now=NOW))


def test_retired_role_is_lost_by_whoever_holds_it_and_may_log_in() -> None:
    alice, bob = UserFactory.create(roles=["editor"]), UserFactory.create(roles=["editor", "lector"])
    UserFactory.create(roles=["editor"], is_active=False)
    UserFactory.create(roles=["lector"])
    start_session(alice)
    start_session(alice)

    impact = of_role("editor")

    assert only_difference(impact) == own(ClaimDifference(path="user_roles", removed=("editor",)))
    assert [person.email for person in impact.groups[0].people] == sorted([alice.email, bob.email])
    assert (impact.reach.people, impact.reach.differing, impact.reach.is_exact) == (2, 2, True)
    assert (impact.reach.sessions, impact.reach.ended_sessions) == (2, 0)
    assert Role.objects.get(code="editor").retired_at is None


def test_what_is_taken_away_and_what_is_only_added_is_told_by_the_change_log() -> None:
    alice = UserFactory.create(roles=["editor"])
    role = RoleFactory.create(code="lector")
    touched = people_themselves(User.objects.filter(pk=alice.pk), viewer=viewer())

    taken = of_role("editor").effect
    given = impact_of(touched, lambda: assign_role(user_id=alice.pk, role=role, actor=SYSTEM, now=NOW)).effect

    assert (taken.takes_away, taken.adds) == (True, False)
    assert (given.takes_away, given.adds) == (False, True)
    assert given.old_tokens_until == NOW + Audience.objects.get().access_lifetime


def test_longest_token_has_the_length_of_the_real_one() -> None:
    alice = UserFactory.create(roles=["editor"], department=DepartmentFactory.create())
    UserFactory.create(roles=["editor"])

    (largest,) = of_role("editor").largest
    Role.objects.update(retired_at=NOW)

    assert largest.person.sub == alice.pk
    assert largest.bytes == len(start_session(alice).access_token)


def test_who_would_get_no_token_any_more_is_named_with_the_length() -> None:
    alice = UserFactory.create()
    codes = [f"a-very-long-code-of-a-role-{number}" for number in range(60)]

    impact = of_person(alice, roles=[RoleFactory.create(code=code) for code in codes])

    (over,) = impact.over
    assert (over.person.sub, over.budget, over.is_over, over.was_over) == (alice.pk, 2048, True, False)
    (at_own,) = only_difference(impact).audiences
    assert (at_own.token, at_own.absence) == (News.LOST, Absence.OVER_BUDGET)
    assert impact.near == ()


def test_who_was_over_the_budget_before_is_told_apart_and_who_is_near_is_named() -> None:
    alice, bob = UserFactory.create(roles=["editor"]), UserFactory.create(roles=["editor"])
    size = of_role("editor").largest[0].bytes
    bob.roles.add(RoleFactory.create(code="a-very-long-code-of-a-role-of-bob"))
    Audience.objects.update(max_token_bytes=size + 1)

    impact = of_role("editor")

    assert [(over.person.sub, over.was_over) for over in impact.over] == [(bob.pk, True)]
    assert [near.person.sub for near in impact.near] == [alice.pk]


def test_moved_department_changes_the_path_of_everybody_below() -> None:
    rows = [ContractClaimInput(path="unit", source="department")]
    create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)
    root, other = DepartmentFactory.create(code="root"), DepartmentFactory.create(code="other")
    middle = DepartmentFactory.create(code="middle", parent=root)
    UserFactory.create(department=DepartmentFactory.create(code="leaf", parent=middle))
    UserFactory.create(department=root)

    impact = impact_of(
        members_below([middle.pk], viewer=viewer()),
        lambda: change_department(department_id=middle.pk, parent=other, actor=SYSTEM, now=NOW),
    )

    moved = ClaimDifference(path="unit.path", removed=("root",), added=("other",))
    assert only_difference(impact).audiences == (AudienceDifference(audience="reports", claims=(moved,)),)
    assert impact.reach.differing == 1


def test_renamed_department_touches_only_contracts_that_say_its_label() -> None:
    department = DepartmentFactory.create(code="leaf", label="Leaf")
    UserFactory.create(department=department)

    def renamed() -> Impact:
        return impact_of(
            members_below([department.pk], viewer=viewer()),
            lambda: change_department(department_id=department.pk, label="Twig", actor=SYSTEM, now=NOW),
        )

    assert renamed().is_empty
    rows = [ContractClaimInput(path="unit", source="department")]
    create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)
    (reports,) = only_difference(renamed()).audiences
    assert reports.claims == (ClaimDifference(path="unit.label", before='"Leaf"', after='"Twig"'),)


def test_retired_department_is_said_no_more() -> None:
    department = DepartmentFactory.create(code="finanzas")
    UserFactory.create(department=department)

    impact = impact_of(
        members_below([department.pk], viewer=viewer()),
        lambda: retire_department(department_id=department.pk, actor=SYSTEM, now=NOW),
    )

    said = ClaimDifference(path="custom_data.departamento", before='"finanzas"', after="null")
    assert only_difference(impact) == own(said)


def test_deactivated_person_can_no_longer_log_in_and_loses_the_sessions() -> None:
    alice = UserFactory.create(roles=["editor"], is_staff=True)
    start_session(alice)

    impact = of_person(alice, is_active=False)

    lost = AdminDifference(entry=News.LOST)
    assert only_difference(impact) == Difference(login=News.LOST, admin=lost)
    assert (impact.reach.sessions, impact.reach.ended_sessions) == (1, 1)
    assert impact.largest == ()
    assert alice.refresh_sessions.live(at=NOW).count() == 1


def test_expired_sessions_are_not_counted() -> None:
    alice = UserFactory.create()
    start_session(alice, now=NOW - 400 * DAY)

    assert of_person(alice, is_active=False).reach.sessions == 0


def test_reactivated_person_gets_tokens_again_that_may_be_too_long() -> None:
    alice = UserFactory.create(is_active=False)
    Audience.objects.update(max_token_bytes=512)

    impact = of_person(alice, is_active=True)

    assert only_difference(impact) == Difference(login=News.GAINED)
    assert [over.person.sub for over in impact.over] == [alice.pk]


def test_tenant_that_closes_and_opens_again() -> None:
    tenant = TenantFactory.create()
    start_session(UserFactory.create(tenant=tenant))
    UserFactory.create(tenant=tenant, is_active=False)
    touched = people_of([tenant.pk], viewer=viewer())

    closed = impact_of(touched, lambda: retire_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW))
    Tenant.objects.update(retired_at=NOW)
    opened = impact_of(touched, lambda: restore_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW))

    assert only_difference(closed) == Difference(login=News.LOST)
    assert (closed.reach.people, closed.reach.ended_sessions) == (1, 1)
    assert only_difference(opened) == Difference(login=News.GAINED)


def test_admin_permissions_of_a_role_touch_staff_alone() -> None:
    role = RoleFactory.create(code="clerk")
    staff = UserFactory.create(roles=["clerk"], is_staff=True)
    UserFactory.create(roles=["clerk"], is_staff=True, is_superuser=True)
    start_session(UserFactory.create(roles=["clerk"]))
    wanted = list(Permission.objects.filter(codename="view_role"))

    impact = impact_of(
        holders([role.pk], viewer=viewer()),
        lambda: change_role(role_id=role.pk, permissions=wanted, actor=SYSTEM, now=NOW),
    )

    assert only_difference(impact) == Difference(admin=AdminDifference(gained=("accounts.view_role",)))
    assert [person.sub for person in impact.groups[0].people] == [staff.pk]
    assert (impact.largest, impact.reach.sessions) == ((), 0)
    assert (impact.effect.takes_away, impact.effect.adds) == (False, False)


def test_texts_of_a_role_do_nothing_to_anybody() -> None:
    role = RoleFactory.create(code="clerk")
    UserFactory.create(roles=["clerk"])

    impact = impact_of(
        holders([role.pk], viewer=viewer()),
        lambda: change_role(role_id=role.pk, label="New", description="New", actor=SYSTEM, now=NOW),
    )

    assert impact.is_empty


def test_staff_of_a_tenant_see_what_happens_to_their_own_people_alone() -> None:
    ours = TenantFactory.create()
    ann = UserFactory.create(tenant=ours, roles=["editor"])
    UserFactory.create(tenant=TenantFactory.create(), roles=["editor"])
    role = Role.objects.get(code="editor")

    impact = impact_of(
        holders([role.pk], viewer=UserFactory.create(tenant=ours)),
        lambda: retire_role(role_id=role.pk, actor=SYSTEM, now=NOW),
    )

    assert [person.sub for group in impact.groups for person in group.people] == [ann.pk]
    assert impact.reach.people == 1


def test_digest_names_the_impact_and_nothing_of_the_moment() -> None:
    alice = UserFactory.create(roles=["editor"])
    first = of_role("editor").digest
    start_session(alice)

    assert of_role("editor").digest == first
    UserFactory.create(roles=["editor"])
    assert of_role("editor").digest != first
