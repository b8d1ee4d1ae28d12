"""What could be said of a person at a moment is what was seen at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from typing_extensions import override

from accounts.explanations.sessions.past_facts import Past, read_past
from accounts.models import Department, User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.services.departments import change_department
from accounts.services.users import change_own_profile, create_user, unassign_role
from tests.accounts.journeys import NOW, ORIGIN, SECOND, SYSTEM
from tests.accounts.services.any_administration import AnyAdministration, Deed, deeds
from tests.factories import DepartmentFactory, RoleFactory

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def read(pk: UUID) -> User | None:
    user: User | None = User.objects.with_directory().prefetch_related("roles").filter(pk=pk).first()
    return user


@dataclass
class AnyChangeOfClaims(AnyAdministration):
    """Also moves departments below each other, renames them, and writes preferences."""

    facts: dict[tuple[UUID, datetime], SubjectFacts] = field(default_factory=dict)

    @override
    def _look(self) -> None:
        for pk in self.people:
            user = read(pk)
            if user is None:
                # Their sessions went with them: what was before is asked by nobody.
                self.facts = {key: seen for key, seen in self.facts.items() if key[0] != pk}
            else:
                self.facts[pk, self.now] = read_subject_facts(user, with_department_path=True)

    @override
    def _do(self, name: str, pk: UUID, what: int) -> None:
        if name == "rename":
            preferences: dict[str, object] = {"size": what}
            change_own_profile(
                user_id=pk,
                name=f"N{what}",
                locale="en" if what % 2 else "es",
                ui_preferences=preferences,
                origin=ORIGIN,
                now=self.now,
            )
        elif name == "move_department" and what % 2:
            first, second = Department.objects.order_by("code")[what % 3], Department.objects.get(code="a")
            label, parent = f"L{what}", second if what % 4 == 1 else None
            said: dict[str, Any] = {"actor": SYSTEM, "now": self.now}
            change_department(department_id=first.pk, label=label, parent=parent, **said)
        else:
            super()._do(name, pk, what)

    def past(self, pk: UUID) -> Past:
        """Read everything since the first moment that matters."""
        user = read(pk)
        assert user is not None
        now = read_subject_facts(user, with_department_path=True)
        since = min(moment for person, moment in self.facts if person == pk)
        return read_past(user, now, since=since, with_department_path=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=deeds)
def test_in_any_story_each_moment_is_found_as_it_was_seen(story: list[Deed]) -> None:
    with transaction.atomic():
        history = AnyChangeOfClaims.begin([uuid4(), uuid4()])
        history.live([("create", 0, 3, 0), ("create", 1, 0, 0), *story])
        for pk in {person for person, _moment in history.facts}:
            past = history.past(pk)
            for (person, moment), seen in history.facts.items():
                if person == pk:
                    then = past.at(moment + SECOND / 2)
                    assert then.facts == seen
                    assert then.doubts == ()
        transaction.set_rollback(True)


def test_what_no_event_explains_is_a_doubt() -> None:
    editor = RoleFactory.create(code="editor")
    user = create_user(email="ana@example.org", name="Ana", roles=[editor], actor=SYSTEM, now=NOW)
    change_own_profile(user_id=user.pk, name="Eva", origin=ORIGIN, now=NOW + 5 * SECOND)
    unassign_role(user_id=user.pk, role=editor, actor=SYSTEM, now=NOW + 6 * SECOND)
    User.objects.filter(pk=user.pk).update(name="X")
    user.roles.add(editor)
    after = read(user.pk)
    assert after is not None

    past = read_past(after, read_subject_facts(after), since=NOW, with_department_path=False)

    then = past.at(NOW + SECOND)
    assert (then.facts.name, then.facts.roles) == ("Ana", ("editor",))
    assert set(then.doubts) == {"name", "editor"}
    assert past.at(NOW + 7 * SECOND).doubts == ()


def test_the_past_costs_four_queries_whatever_happened(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    roles = [RoleFactory.create(code=f"r{number}") for number in range(9)]
    user = create_user(
        email="ana@example.org",
        name="Ana",
        roles=roles,
        department=DepartmentFactory.create(parent=DepartmentFactory.create()),
        actor=SYSTEM,
        now=NOW,
    )
    after = read(user.pk)
    assert after is not None
    facts = read_subject_facts(after)

    for with_path in (False, True):
        with django_assert_num_queries(4):
            past = read_past(after, facts, since=NOW, with_department_path=with_path)
        with django_assert_num_queries(0):
            past.at(NOW + timedelta(days=1))
