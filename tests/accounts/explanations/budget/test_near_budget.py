"""Whose token is near its audience's budget: estimated in the database, never too short, then computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.audiences.built_in_sources import BUILT_IN_SOURCES
from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.budget import near_budget
from accounts.explanations.budget.department_paths import DepartmentPaths
from accounts.explanations.budget.near_budget import NearBudget, people_near_budget
from accounts.explanations.budget.size_estimates import bytes_of_values, bytes_without_values
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.services import ensure_current_key
from accounts.models import Department, Role, User
from accounts.models.subject_facts import read_subject_facts
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

#: The default contract leaves room for about this many roles of 15 characters in 2048 bytes.
MANY = [f"role-number-{number:03}" for number in range(60)]


def near(audience: str = OWN_AUDIENCE, *, viewer: User | None = None) -> NearBudget:
    return people_near_budget(audience, viewer=viewer, now=NOW)


def emails(found: NearBudget) -> list[str]:
    return [each.person.email for each in found.people]


def test_those_over_and_near_are_listed_the_longest_first() -> None:
    for email, count in (("few", 3), ("near", 53), ("over", 60)):
        UserFactory.create(email=f"{email}@example.org", roles=MANY[:count])

    found = near()

    assert emails(found) == ["over@example.org", "near@example.org"]
    over, close = found.people
    assert (over.is_over, close.is_over) == (True, False)
    assert over.percent > 100 >= close.percent > 90
    assert over.largest[0].name == "user_roles"
    assert over.largest[0].bytes == len('"user_roles":[],') + 60 * len('"role-number-000",') - 1
    assert (found.budget, found.left_out, found.unestimated, found.failing) == (2048, 0, (), ())


def test_bytes_are_those_of_the_token_that_is_issued() -> None:
    alice = UserFactory.create(roles=MANY[:53])

    issued = start_session(alice).access_token

    assert near().people[0].bytes == len(issued)


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_edges_of_the_budget_are_exact(algorithm: SigningAlgorithm) -> None:
    ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    Audience.objects.update(signing_algorithm=algorithm)
    size = len(start_session(UserFactory.create(roles=MANY[:30])).access_token)

    for budget, is_near, is_over in (
        (size - 1, True, True),
        (size, True, False),
        (int(size / 0.9) - 1, True, False),
        (int(size / 0.9) + 2, False, False),
    ):
        Audience.objects.update(max_token_bytes=budget)
        people = near().people
        assert [each.is_over for each in people] == [is_over] * is_near, budget


def test_those_who_get_no_token_anyway_are_left_out() -> None:
    UserFactory.create(roles=MANY, is_active=False)
    UserFactory.create(roles=MANY, tenant=TenantFactory.create(retired_at=NOW))

    assert near().people == ()


def test_retired_roles_are_not_said_and_so_not_counted() -> None:
    UserFactory.create(roles=MANY)
    Role.objects.update(retired_at=NOW)

    assert (near().people, near().computed) == ((), 0)


def test_staff_of_a_tenant_see_its_people_alone() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    for email, tenant in (("ours", ours), ("theirs", theirs), ("nobodys", None)):
        UserFactory.create(email=f"{email}@example.org", roles=MANY, tenant=tenant)

    assert emails(near(viewer=UserFactory.create(tenant=ours))) == ["ours@example.org"]
    assert len(near(viewer=UserFactory.create()).people) == 3


def test_cap_is_told_and_keeps_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_budget, "MOST", 2)
    for count in (57, 60, 55, 58):
        UserFactory.create(email=f"p{count}@example.org", roles=MANY[:count])

    found = near()

    assert emails(found) == ["p60@example.org", "p58@example.org"]
    assert (found.computed, found.left_out) == (2, 2)


def own_source(**given: Any) -> ClaimSource:
    return ClaimSource(
        name="hr", json_type=JSONType.STRING, sensitivity=Sensitivity.PUBLIC, description="", **given
    )


def test_sources_of_a_deployments_own_are_named_as_not_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    source = own_source(compute=lambda given: "x" * 200 * (given.subject.name == "Alice"))
    monkeypatch.setitem(CLAIM_SOURCES, "hr", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="hr", source="hr")
    UserFactory.create(name="Alice", roles=MANY[:52])

    found = near()

    assert found.unestimated == ("hr",)
    assert [each.is_over for each in found.people] == [True]


def test_person_for_whom_a_source_fails_is_told_and_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    source = own_source(compute=lambda given: None if given.subject.name == "Bob" else "x", may_be_null=False)
    monkeypatch.setitem(CLAIM_SOURCES, "hr", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="hr", source="hr")
    UserFactory.create(name="Alice", roles=MANY)
    bob = UserFactory.create(name="Bob", roles=MANY)

    found = near()

    assert [each.person.name for each in found.people] == ["Alice"]
    assert found.failing == (bob,)


def test_audience_that_is_missing_or_names_no_source_is_refused() -> None:
    with pytest.raises(UnknownAudienceError):
        near("nowhere")
    ContractClaim.objects.filter(path="user_roles").update(source="gone")
    with pytest.raises(ClaimSourceError):
        near()


def test_ways_of_departments_are_those_that_tokens_say() -> None:
    top = DepartmentFactory.create(code="direccion")
    middle = Department.objects.create(code="compras", label="Compras", parent=top)
    bottom = Department.objects.create(code="madrid", label="Madrid", parent=middle)
    alice = UserFactory.create(department=bottom)

    facts = read_subject_facts(alice, with_department_path=True)

    assert facts.department is not None
    assert DepartmentPaths.read().path(bottom.pk) == facts.department.path
    assert DepartmentPaths.read().longest() == len('["direccion","compras","madrid"]')
    assert DepartmentPaths({}).longest() == 0


def audience_of_everything() -> ClaimContract:
    audience = Audience.objects.create(code="everything", label="Everything", max_token_bytes=512)
    for position, source in enumerate(BUILT_IN_SOURCES):
        ContractClaim.objects.create(
            audience=audience,
            path=f"group_{position % 3}.claim_{position}",
            source=source.name,
            position=position,
            required=position % 2 == 0,
        )
    return read_contract("everything")


_LABELS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from('"\\ñ€😀/'),
    min_size=1,
    max_size=40,
)
_CODES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | _LABELS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_LABELS, inner, max_size=3),
    max_leaves=6,
)


@given(
    name=_LABELS,
    roles=st.sets(_CODES, max_size=9),
    department=st.none() | st.tuples(_CODES, _LABELS, st.booleans()),
    has_tenant=st.booleans(),
    ui_preferences=st.dictionaries(_LABELS, _JSON, max_size=3),
)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_token_is_longer_than_its_estimate(
    name: str,
    roles: set[str],
    department: Any,
    has_tenant: bool,  # noqa: FBT001 - a parameter
    ui_preferences: dict[str, Any],
) -> None:
    contract = (
        read_contract("everything")
        if Audience.objects.filter(code="everything")
        else audience_of_everything()
    )
    place = None
    if department is not None:
        code, label, is_retired = department
        top = DepartmentFactory.create(code="top-of-all")
        place = Department.objects.filter(code=code).first() or Department.objects.create(
            code=code, label=label, parent=top, retired_at=NOW if is_retired else None
        )
    tenant = TenantFactory.create() if has_tenant else None
    alice = UserFactory.create(
        name=name, roles=sorted(roles), department=place, tenant=tenant, ui_preferences=ui_preferences
    )
    alice.refresh_from_db()

    found = people_near_budget("everything", viewer=None, now=NOW)

    longest = DepartmentPaths.read().longest()
    values = User.objects.annotate(estimate=bytes_of_values(contract, longest_path=longest))
    estimate = bytes_without_values(contract) + (values.get(pk=alice.pk).estimate * 4 + 2) // 3
    (size,) = [each.bytes for each in found.people if each.person == alice]
    assert size <= estimate
    User.objects.filter(pk=alice.pk).delete()


@pytest.mark.parametrize("with_path", [False, True])
def test_queries_do_not_grow_with_the_people(
    django_assert_num_queries: DjangoAssertNumQueries,
    with_path: bool,  # noqa: FBT001 - a parameter
) -> None:
    if with_path:
        ContractClaim.objects.create(audience=Audience.objects.get(), path="dep", source="department")
    parent = DepartmentFactory.create(code="compras")
    place = Department.objects.create(code="madrid", label="Madrid", parent=parent)
    for _person in range(30):
        UserFactory.create(roles=MANY, department=place)
    RoleFactory.create()

    with django_assert_num_queries(6 if with_path else 5):
        assert len(near().people) == 30
