"""Creating, changing, deactivating and deleting people."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.models.emails import normalise_email
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.users import (
    assign_role,
    change_own_profile,
    change_user,
    create_user,
    delete_user,
    unassign_role,
)
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM, row_of, start_session
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(**fields: Any) -> User:
    return create_user(**({"email": "new@example.org", "name": "New"} | fields), actor=SYSTEM, now=NOW)


def change(user: User, **fields: Any) -> User:
    return change_user(user_id=user.id, actor=SYSTEM, now=NOW, **fields)


def events_about(user: User) -> list[tuple[str, Any, Any]]:
    found = AuditEvent.objects.filter(subject_kind="user", subject_id=str(user.id)).order_by("id")
    return [(event.type, event.changes, event.facts) for event in found]


def test_a_created_person_is_recorded_and_can_log_in() -> None:
    alice = create(password=PASSWORD, roles=[RoleFactory.create(code="editor")])

    assert row_of(start_session(alice)).user_id == alice.id
    assert events_about(alice)[:2] == [
        ("user.created", {"email": [None, "new@example.org"], "name": [None, "New"]}, {}),
        ("role.assigned", {}, {"role": "editor"}),
    ]


def test_a_person_without_password_cannot_log_in() -> None:
    assert not create().has_usable_password()


@pytest.mark.parametrize("email", ["NEW@example.org", " new@EXAMPLE.org", "\uff4eew@example.org"])
def test_an_address_has_one_account_however_it_is_written(email: str) -> None:
    create()

    with pytest.raises(ValidationError) as refusal:
        create(email=email)
    assert set(refusal.value.message_dict) == {"email"}


def test_a_changed_address_is_stored_in_its_one_spelling_and_is_no_change_where_only_the_case_differs() -> (
    None
):
    alice = create()
    events = len(events_about(alice))

    assert change(alice, email="New@Example.org").email == "new@example.org"
    assert len(events_about(alice)) == events
    assert change(alice, email="Other@Example.org").email == "other@example.org"


@given(written=st.text())
def test_normalising_an_address_twice_is_normalising_it_once(written: str) -> None:
    once = normalise_email(written)

    assert normalise_email(once) == once


@pytest.mark.parametrize("email", ["", "nobody", "a@", "@b", "a b@example.org", "a@b\n@example.org"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        create(email=email)
    assert "email" in refusal.value.message_dict


def test_a_change_is_recorded_before_and_after_with_codes() -> None:
    alice = create()

    change(alice, name="Newer", department=DepartmentFactory.create(code="finanzas"))

    assert events_about(alice)[-1] == (
        "user.changed",
        {"name": ["New", "Newer"], "department": [None, "finanzas"]},
        {},
    )


def test_a_change_of_nothing_is_not_recorded() -> None:
    alice = create()
    change(alice, name="New", roles=[])

    assert [type_ for type_, *_rest in events_about(alice)] == ["user.created"]


def test_deactivation_ends_every_session_and_reactivation_revives_none() -> None:
    alice = UserFactory.create()
    phone = start_session(alice)

    change(alice, is_active=False)
    assert row_of(phone).end_reason == "deactivated"
    change(alice, is_active=True)

    assert row_of(phone).ended_at == NOW
    types = [type_ for type_, *_rest in events_about(alice)]
    assert types[-3:] == ["user.deactivated", "refresh_session.ended", "user.reactivated"]


def test_deletion_takes_the_sessions_along_and_leaves_the_events() -> None:
    alice = UserFactory.create(roles=["editor"])
    start_session(alice)

    delete_user(user_id=alice.id, actor=SYSTEM, now=NOW)

    assert not User.objects.filter(pk=alice.id).exists()
    assert not RefreshSession.objects.exists()
    type_, changes, facts = events_about(alice)[-1]
    assert (type_, facts, changes["roles"]) == ("user.deleted", {}, [["editor"], []])
    assert (changes["email"], changes["is_active"]) == ([alice.email, None], [True, None])


def test_nobody_deletes_their_own_account() -> None:
    root = UserFactory.create(is_superuser=True)

    with pytest.raises(ValidationError):
        delete_user(user_id=root.id, actor=root.as_actor(), now=NOW)


def test_roles_given_and_taken_are_recorded_one_by_one() -> None:
    alice = UserFactory.create(roles=["a", "b"])
    b, c = RoleFactory.create(code="b"), RoleFactory.create(code="c")

    change(alice, roles=[b, c])
    assign_role(user_id=alice.id, role=RoleFactory.create(code="d"), actor=SYSTEM, now=NOW)
    unassign_role(user_id=alice.id, role=b, actor=SYSTEM, now=NOW)

    assert alice.role_codes() == ["c", "d"]
    assert [(type_, facts["role"]) for type_, _changes, facts in events_about(alice)] == [
        ("role.assigned", "c"),
        ("role.unassigned", "a"),
        ("role.assigned", "d"),
        ("role.unassigned", "b"),
    ]


def test_a_retired_role_is_kept_by_who_has_it_and_given_to_nobody() -> None:
    retired = RoleFactory.create(code="old", retired_at=NOW)
    alice, bob = UserFactory.create(), UserFactory.create()
    alice.roles.set([retired])

    change(alice, roles=[retired, RoleFactory.create(code="new")])
    with pytest.raises(ValidationError) as refusal:
        change(bob, roles=[retired])

    assert set(refusal.value.message_dict) == {"roles"}
    assert not bob.roles.exists()


def test_people_are_placed_coherently_or_not_at_all() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    common, of_theirs = DepartmentFactory.create(), DepartmentFactory.create(tenant=theirs)
    gone, closed = DepartmentFactory.create(retired_at=NOW), TenantFactory.create(retired_at=NOW)
    alice = UserFactory.create(tenant=ours)

    assert change(alice, department=common).department == common
    for refused in (
        {"department": of_theirs},
        {"department": gone},
        {"tenant": closed},
        {"tenant": None, "department": of_theirs},
    ):
        with pytest.raises(ValidationError) as refusal:
            change(alice, **refused)
        assert set(refusal.value.message_dict) <= {"tenant", "department"}
    assert change(alice, tenant=theirs, department=of_theirs).tenant == theirs


def test_moving_a_person_away_from_the_tenant_of_their_department_is_refused() -> None:
    ours = TenantFactory.create()
    alice = UserFactory.create(tenant=ours, department=DepartmentFactory.create(tenant=ours))

    with pytest.raises(ValidationError):
        change(alice, tenant=TenantFactory.create())


def test_people_write_their_own_profile_and_it_is_recorded_as_theirs() -> None:
    alice = UserFactory.create()

    change_own_profile(user_id=alice.id, origin=ORIGIN, now=NOW, ui_preferences={"theme": "dark"})

    event = AuditEvent.objects.get(type="user.changed")
    assert (event.actor_sub, event.actor_label, event.changes) == (
        alice.id,
        alice.email,
        {"ui_preferences": [{}, {"theme": "dark"}]},
    )


def test_a_person_may_be_created_with_an_id_of_their_own() -> None:
    chosen = uuid4()

    assert create(id=chosen).id == chosen
