"""What a person could do at a moment is what was seen at that moment."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from accounts.audit.actors import Actor
from accounts.audit.exports import drop_exported, export_audit_log
from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.services.past_standing import Doubt, PastStanding, people_called, standing_at
from accounts.services.roles import change_role, create_role, retire_role
from accounts.services.standing import Standing, standing_now
from accounts.services.tenants import retire_tenant
from accounts.services.users import assign_role, change_user, create_user, delete_user
from tests.accounts.audit.sealed_log import seal, unguarded
from tests.accounts.journeys import NOW, SECOND, SYSTEM
from tests.accounts.services.any_administration import AnyAdministration, Deed, deeds
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def after(hours: int) -> PastStanding:
    return standing_at(User.objects.get(email="ana@example.org").pk, at=NOW + hours * HOUR)


@pytest.fixture
def ana() -> User:
    """Return somebody to whom something happens every two hours."""
    with unguarded():
        AuditEvent.objects.all().delete()  # of the migrations, which ran today
    tenant = TenantFactory.create(code="ours")
    department = DepartmentFactory.create(code="compras", tenant=tenant)
    editor = create_role(code="editor", label="E", actor=SYSTEM, now=NOW)
    user = create_user(email="ana@example.org", name="Ana", actor=SYSTEM, now=NOW + HOUR)
    said: dict[str, Any] = {"user_id": user.pk, "actor": SYSTEM}
    assign_role(role=editor, now=NOW + 3 * HOUR, **said)
    change_user(tenant=tenant, department=department, now=NOW + 5 * HOUR, **said)
    retire_role(role_id=editor.pk, actor=SYSTEM, now=NOW + 7 * HOUR)
    retire_tenant(tenant_id=tenant.pk, actor=SYSTEM, now=NOW + 9 * HOUR)
    change_user(is_active=False, now=NOW + 11 * HOUR, **said)
    return user


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=deeds)
def test_in_any_story_each_moment_is_found_as_it_was_seen(story: list[Deed]) -> None:
    with transaction.atomic():
        history = AnyAdministration.begin([uuid4(), uuid4()])
        history.live(story)
        for moment, seen in history.seen.items():
            for pk, standing in zip(history.people, seen, strict=True):
                for at in (moment, moment + SECOND / 2):
                    past = standing_at(pk, at=at)
                    assert past.standing == standing
                    assert past.notes == ()
        transaction.set_rollback(True)


def test_each_thing_that_happens_shows_from_then_on(ana: User) -> None:
    assert after(0).standing == Standing()
    assert after(1).standing.may_log_in
    assert (after(2).standing.roles, after(4).standing.roles) == ((), ("editor",))
    assert (after(4).standing.tenant, after(4).standing.department) == (None, None)
    assert (after(6).standing.tenant, after(6).standing.department) == ("ours", "compras")
    assert (after(8).standing.roles, after(8).standing.retired_roles) == ((), ("editor",))
    assert after(8).standing.may_log_in
    assert after(10).standing.tenant_is_retired
    assert after(10).standing.is_active
    assert not after(10).standing.may_log_in
    assert not after(12).standing.is_active
    assert after(12).standing == standing_now(ana.pk)


def test_answer_names_the_events_that_it_rests_on_and_those_that_came_later(ana: User) -> None:
    past = after(8)

    assert [event.type for event in past.rests_on] == [
        "role.retired",
        "user.changed",
        "role.assigned",
        "user.created",
        "role.created",
    ]
    assert [event.type for event in past.undone] == ["user.deactivated", "tenant.retired"]


def test_a_deleted_person_is_found_by_their_last_address(ana: User) -> None:
    seen = standing_now(ana.pk)
    pk = ana.pk
    delete_user(user_id=pk, actor=SYSTEM, now=NOW + 13 * HOUR)

    assert people_called(" Ana@Example.org") == [pk]
    assert people_called(str(pk)) == [pk]
    assert standing_at(pk, at=NOW + 14 * HOUR).standing == Standing()
    assert standing_at(pk, at=NOW + 12 * HOUR).standing == seen


def test_what_was_changed_without_an_event_is_noted(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=True)
    ana.roles.clear()
    Role.objects.filter(code="editor").update(retired_at=None)

    notes = after(2).notes

    assert {note.doubt for note in notes} == {Doubt.UNRECORDED}
    assert {note.about for note in notes} == {"is_active", "editor"}


def test_permissions_changed_without_an_event_are_noted() -> None:
    role = create_role(code="clerk", label="C", actor=SYSTEM, now=NOW)
    user = create_user(email="ana@example.org", name="Ana", roles=[role], actor=SYSTEM, now=NOW)
    viewing = Permission.objects.filter(codename="view_user")
    change_role(role_id=role.pk, permissions=list(viewing), actor=SYSTEM, now=NOW + HOUR)
    assert after(2).standing.permissions == ("view_user",)
    assert (after(0).standing.permissions, after(0).notes) == ((), ())

    role.permissions.clear()

    assert [note.about for note in standing_at(user.pk, at=NOW).notes] == ["clerk"]


def test_a_person_deleted_without_an_event_is_noted(ana: User) -> None:
    pk = ana.pk
    User.objects.all().delete()

    past = standing_at(pk, at=NOW + 10 * HOUR)

    assert past.notes[0].about == "id"
    assert past.standing.is_active


def test_a_person_who_is_there_again_without_an_event_is_noted() -> None:
    user = create_user(email="ana@example.org", name="Ana", actor=SYSTEM, now=NOW)
    pk = user.pk
    delete_user(user_id=pk, actor=SYSTEM, now=NOW + HOUR)
    UserFactory.create(id=pk)

    assert standing_at(pk, at=NOW).standing.email == "ana@example.org"
    assert [note.about for note in standing_at(pk, at=NOW).notes] == ["id"]
    with unguarded():
        AuditEvent.objects.filter(type="user.deleted").update(changes={})
    assert "email" in {note.about for note in standing_at(pk, at=NOW).notes}


def test_a_role_that_is_gone_is_noted(ana: User) -> None:
    ana.roles.clear()
    Role.objects.all().delete()
    unassigned = {"type": "role.unassigned", "facts": {"role": "editor"}, "at": NOW + 12 * HOUR}
    AuditEvent.objects.create(subject_kind="user", subject_id=str(ana.pk), **unassigned)

    past = after(8)

    assert past.standing.roles == ()
    assert [note.about for note in past.notes] == ["editor"]


def test_what_was_changed_before_the_moment_without_an_event_is_noted_too(ana: User) -> None:
    ana.roles.set([RoleFactory.create(code="admin")])
    User.objects.filter(pk=ana.pk).update(tenant=None, department=None)

    notes = after(8).notes

    assert {note.about for note in notes} == {"admin", "editor", "tenant", "department"}


def test_roles_and_tenants_changed_without_an_event_are_noted_too(ana: User) -> None:
    Role.objects.filter(code="editor").update(retired_at=None)

    assert [note.about for note in after(8).notes] == ["editor"]


def test_a_person_created_without_an_event_was_not_there_before() -> None:
    alice = UserFactory.create(created_at=NOW)

    assert standing_at(alice.pk, at=NOW).standing.exists
    assert standing_at(alice.pk, at=NOW).notes == ()
    assert not standing_at(alice.pk, at=NOW - HOUR).standing.exists
    assert [note.about for note in standing_at(alice.pk, at=NOW - HOUR).notes] == ["created_at"]


def test_a_role_given_before_it_was_created_is_noted() -> None:
    role = create_role(code="new", label="N", actor=SYSTEM, now=NOW + HOUR)
    create_user(email="ana@example.org", name="Ana", roles=[role], actor=SYSTEM, now=NOW)

    assert [note.about for note in after(0).notes] == ["new"]


def test_moments_after_the_dropped_events_need_none_of_them(ana: User, tmp_path: Path) -> None:
    wanted = {hours: after(hours).standing for hours in range(13)}
    seal(most=1)
    actor = Actor.system("tests")
    export = export_audit_log(until=NOW + 6 * HOUR, path=tmp_path / "x", actor=actor, now=NOW)
    assert sum(drop_exported(export, actor=actor, now=NOW)) > 3

    for hours in range(5, 13):
        assert (after(hours).standing, after(hours).notes) == (wanted[hours], ())
    assert [note.doubt for note in after(4).notes] == [Doubt.DROPPED]


def test_an_address_of_somebody_unknown_is_nobodys() -> None:
    assert people_called("nobody@example.org") == []
    with pytest.raises(CommandError, match="No person"):
        call_command("what_could", "nobody@example.org", "--at", "2026-03-02 09:00")


def test_command_says_it_all(ana: User, tmp_path: Path) -> None:
    RoleFactory.create(code="editor")
    User.objects.filter(pk=ana.pk).update(name="Somebody else")
    change_user(user_id=ana.pk, name="Ana María", actor=SYSTEM, now=NOW + 13 * HOUR)
    User.objects.filter(pk=ana.pk).update(name="Ana")

    said = what_could("2026-03-02 17:00")
    for line in ("could log in:        yes", "retired roles:       editor", "tenant:              ours"):
        assert line in said
    assert "user.deactivated  is_active: True -> False  by tests" in said
    assert "NOTE: name was changed by something that records no events" in said
    assert "did not exist" in what_could("2026-03-01")
    seal(most=1)
    export = export_audit_log(until=NOW + 6 * HOUR, path=tmp_path / "x", actor=SYSTEM, now=NOW)
    list(drop_exported(export, actor=SYSTEM, now=NOW))
    with pytest.raises(CommandError, match="were exported and dropped"):
        what_could("2026-03-02 12:00")


def what_could(at: str) -> str:
    out = StringIO()
    call_command("what_could", "ana@example.org", "--at", at, stdout=out)
    return out.getvalue()
