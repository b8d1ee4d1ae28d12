"""Who gave a person what their token says, and when; and what is said where no event tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.audit.actors import Actor
from accounts.audit.models import AuditEvent
from accounts.explanations.tokens.origins import FIELDS, Knowledge, Origins, read_origins
from accounts.explanations.tokens.retirements import read_retirements
from accounts.models import User
from accounts.services.departments import retire_department
from accounts.services.roles import retire_role
from accounts.services.users import assign_role, change_own_profile, change_user, create_user, unassign_role
from tests.accounts.audit.sealed_log import seal, unguarded
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
BOSS = Actor.system("boss")


@pytest.fixture
def ana() -> User:
    """Return somebody who was created with one role and got another, and a department, later."""
    editor, lector = RoleFactory.create(code="editor"), RoleFactory.create(code="lector")
    user = create_user(email="ana@example.org", name="Ana", roles=[editor], actor=SYSTEM, now=NOW)
    assign_role(user_id=user.pk, role=lector, actor=BOSS, now=NOW + HOUR)
    department = DepartmentFactory.create(code="compras")
    change_user(user_id=user.pk, department=department, actor=BOSS, now=NOW + 2 * HOUR)
    return user


def origins(user: User, *, viewer: User | None = None, also: str = "") -> Origins:
    fresh = User.objects.with_directory().prefetch_related("roles").get(pk=user.pk)
    return read_origins(fresh, viewer=viewer or UserFactory.build(), also_roles=[also] if also else [])


def told(found: Origins, name: str) -> tuple[Knowledge, Any, Any]:
    origin = {**found.fields, **found.roles}[name]
    event = origin.event
    return origin.knowledge, event and event.actor_label, event and event.at


def test_each_role_and_field_has_whoever_gave_it_and_when(ana: User) -> None:
    found = origins(ana)

    assert told(found, "editor") == (Knowledge.TOLD, "tests", NOW)
    assert told(found, "lector") == (Knowledge.TOLD, "boss", NOW + HOUR)
    assert told(found, "department") == (Knowledge.TOLD, "boss", NOW + 2 * HOUR)
    assert told(found, "name") == (Knowledge.TOLD, "tests", NOW)
    assert told(found, "tenant") == (Knowledge.TOLD, "tests", NOW), "none since the account was made"
    assert set(found.fields) == set(FIELDS)


def test_a_role_given_again_is_told_by_the_last_time(ana: User) -> None:
    said: dict[str, Any] = {"user_id": ana.pk, "role": RoleFactory.create(code="editor")}
    unassign_role(**said, actor=BOSS, now=NOW + 3 * HOUR)

    assert told(origins(ana, also="editor"), "editor") == (Knowledge.TOLD, "boss", NOW + 3 * HOUR)
    assign_role(**said, actor=BOSS, now=NOW + 4 * HOUR)
    assert told(origins(ana), "editor") == (Knowledge.TOLD, "boss", NOW + 4 * HOUR)


def test_what_they_wrote_on_themselves_and_their_activity_is_told(ana: User) -> None:
    change_own_profile(user_id=ana.pk, origin=ORIGIN, now=NOW + 3 * HOUR, locale="en")
    change_user(user_id=ana.pk, is_active=False, actor=BOSS, now=NOW + 4 * HOUR)

    found = origins(ana)

    assert told(found, "locale") == (Knowledge.TOLD, "ana@example.org", NOW + 3 * HOUR)
    assert told(found, "is_active") == (Knowledge.TOLD, "boss", NOW + 4 * HOUR)


def test_what_no_service_wrote_is_not_attributed_to_anybody(ana: User) -> None:
    ana.roles.add(RoleFactory.create(code="wizard"))
    User.objects.filter(pk=ana.pk).update(name="Other", special_permissions=True)

    found = origins(ana)

    assert told(found, "wizard") == (Knowledge.UNTOLD, None, None)
    assert told(found, "name")[0] is Knowledge.CONTRADICTED
    assert told(found, "special_permissions")[0] is Knowledge.CONTRADICTED
    assert told(origins(UserFactory.create()), "email") == (Knowledge.UNTOLD, None, None)


def test_a_role_that_went_or_came_back_by_no_service_is_contradicted(ana: User) -> None:
    unassign_role(user_id=ana.pk, role=RoleFactory.create(code="editor"), actor=BOSS, now=NOW + 3 * HOUR)
    ana.roles.set([RoleFactory.create(code="editor")])

    found = origins(ana, also="lector")

    assert told(found, "editor") == (Knowledge.CONTRADICTED, "boss", NOW + 3 * HOUR)
    assert told(found, "lector") == (Knowledge.CONTRADICTED, "boss", NOW + HOUR)


def test_dropped_events_are_named_as_what_is_missing(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(created_at=NOW - HOUR)
    last = seal(most=1000)[-1]
    with unguarded():
        type(last).objects.update(dropped_at=NOW + 9 * HOUR, latest_at=NOW + 5 * HOUR)
        AuditEvent.objects.all().delete()

    origin = origins(ana).roles["editor"]

    assert (origin.knowledge, origin.dropped_until) == (Knowledge.DROPPED, NOW + 5 * HOUR)
    User.objects.filter(pk=ana.pk).update(created_at=NOW + 6 * HOUR)
    assert origins(ana).roles["editor"].knowledge is Knowledge.UNTOLD


def test_staff_of_a_tenant_see_only_what_happened_in_it(ana: User) -> None:
    ours = TenantFactory.create(code="ours")
    change_user(user_id=ana.pk, tenant=ours, department=None, actor=BOSS, now=NOW + 3 * HOUR)
    ana.roles.remove(RoleFactory.create(code="lector"))

    found = origins(ana, viewer=UserFactory.create(tenant=ours), also="lector")

    assert told(found, "tenant") == (Knowledge.TOLD, "boss", NOW + 3 * HOUR)
    for name in ("editor", "lector", "department", "email"):
        assert told(found, name) == (Knowledge.OUT_OF_SIGHT, None, None)


def test_all_roles_cost_one_query_and_what_is_missing_one_more(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer = UserFactory.build()
    for number in range(30):
        assign_role(user_id=ana.pk, role=RoleFactory.create(code=f"r{number}"), actor=BOSS, now=NOW)
    many = User.objects.with_directory().prefetch_related("roles").get(pk=ana.pk)

    with django_assert_num_queries(1):
        assert len(read_origins(many, viewer=viewer).roles) == 32
    with django_assert_num_queries(2):
        read_origins(many, viewer=viewer, also_roles=["never"])


def test_retirements_are_told_in_one_query(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    editor, compras = RoleFactory.create(code="editor"), DepartmentFactory.create(code="compras")
    editor = retire_role(role_id=editor.pk, actor=BOSS, now=NOW + 3 * HOUR)
    compras = retire_department(department_id=compras.pk, actor=BOSS, now=NOW + 4 * HOUR)
    by_nobody = TenantFactory.create(retired_at=NOW)
    viewer = UserFactory.build()

    with django_assert_num_queries(1):
        found = read_retirements([editor, compras, by_nobody, None], viewer=viewer)

    assert [(each.kind, each.at, each.event and each.event.actor_label) for each in found] == [
        ("role", NOW + 3 * HOUR, "boss"),
        ("department", NOW + 4 * HOUR, "boss"),
        ("tenant", NOW, None),
    ]
    with django_assert_num_queries(0):
        assert read_retirements([RoleFactory.build(), None], viewer=viewer) == []
