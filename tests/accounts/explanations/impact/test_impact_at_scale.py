"""How far a change reaches where it touches more people than are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.explanations.impact.people import CAP, LONGEST
from accounts.explanations.impact.reach import holders, people_themselves
from accounts.models import Role, User
from accounts.services.roles import change_role, retire_role
from accounts.services.users import change_user
from tests.accounts.explanations.impact.trying import impact_of, viewer
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from accounts.explanations.impact.people import Touched
    from accounts.explanations.impact.values import Impact

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db: None) -> Role:
    """Return a role that more people hold than are computed."""
    return give_to(CAP + 20)


def give_to(number: int) -> Role:
    role: Role = RoleFactory.create(code="crowd")
    department = DepartmentFactory.create(code="floor")
    last = User.objects.count()
    people = User.objects.bulk_create(
        User(email=f"p{last + each:04}@example.org", name="P", password="!", department=department)
        for each in range(number)
    )
    through = User.roles.through
    through.objects.bulk_create(through(user=person, role=role) for person in people)
    return role


def retired(role: Role, touched: Touched) -> Impact:
    return impact_of(touched, lambda: retire_role(role_id=role.pk, actor=SYSTEM, now=NOW))


def test_more_than_the_cap_are_counted_and_not_computed(crowd: Role) -> None:
    start_session(UserFactory.create(roles=["crowd"]))

    impact = retired(crowd, holders([crowd.pk], viewer=viewer()))

    assert (impact.reach.people, impact.reach.computed, impact.reach.longest) == (CAP + 21, CAP, LONGEST)
    assert (impact.reach.only_counted, impact.reach.is_exact) == (21, False)
    assert impact.reach.differing == CAP == sum(len(group.people) for group in impact.groups)
    assert impact.reach.sessions == 1


def test_longest_role_lists_are_computed_wherever_they_are(crowd: Role) -> None:
    last = User.objects.order_by("email").last()
    assert last is not None
    last.roles.add(*(RoleFactory.create(code=f"a-rather-long-code-{number}") for number in range(60)))
    retired_one = RoleFactory.create(code="x" * 60, retired_at=NOW)
    retired_one.holders.set(User.objects.order_by("email")[:60])

    impact = retired(crowd, holders([crowd.pk], viewer=viewer()))

    assert [over.person.sub for over in impact.over] == [last.pk]
    assert impact.largest[0].person.sub == last.pk


def test_staff_are_computed_wherever_they_are(crowd: Role) -> None:
    User.objects.filter(pk__in=User.objects.order_by("-email").values("pk")[:1]).update(is_staff=True)
    staff = User.objects.get(is_staff=True)
    wanted = list(Permission.objects.filter(codename="view_role"))

    impact = impact_of(
        holders([crowd.pk], viewer=viewer()),
        lambda: change_role(role_id=crowd.pk, permissions=wanted, actor=SYSTEM, now=NOW),
    )

    assert [person.sub for group in impact.groups for person in group.people] == [staff.pk]


def test_permissions_that_no_computed_person_gains_are_shown_all_the_same(crowd: Role) -> None:
    start_session(UserFactory.create(roles=["crowd"]))
    wanted = list(Permission.objects.filter(codename="view_role"))

    impact = impact_of(
        holders([crowd.pk], viewer=viewer()),
        lambda: change_role(role_id=crowd.pk, permissions=wanted, actor=SYSTEM, now=NOW),
    )

    assert impact.groups == ()
    assert not impact.is_empty
    assert impact.reach.sessions == 0


def test_texts_of_a_role_of_many_do_nothing(crowd: Role) -> None:
    impact = impact_of(
        holders([crowd.pk], viewer=viewer()),
        lambda: change_role(role_id=crowd.pk, label="Crowd!", actor=SYSTEM, now=NOW),
    )

    assert impact.is_empty


def test_change_of_somebody_who_was_only_counted_is_shown(crowd: Role) -> None:
    last = User.objects.order_by("email").last()
    assert last is not None
    everybody = people_themselves(User.objects.all(), viewer=viewer())

    impact = impact_of(
        everybody, lambda: change_user(user_id=last.pk, department=None, actor=SYSTEM, now=NOW)
    )

    assert impact.groups == ()
    assert impact.effect.takes_away
    assert not impact.is_empty


def test_queries_do_not_grow_with_people() -> None:
    numbers = []
    for more in (3, 100, CAP, 100):
        role = give_to(more)
        touched = holders([role.pk], viewer=viewer())
        with CaptureQueriesContext(connection) as queries:
            retired(role, touched)
        numbers.append(len(queries))

    # One query more where not everybody is computed: it finds the longest role lists.
    assert numbers[0] == numbers[1]
    assert numbers[2] == numbers[3] == numbers[0] + 1
    assert numbers[0] <= 45
