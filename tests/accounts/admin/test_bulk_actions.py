"""What is done to many people at once: asked once more, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.accounts.admin.browsing import act_on, clerk, event_types, list_url, signed_in, superuser
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client


def test_role_is_assigned_to_whoever_lacks_it(boss: Client) -> None:
    alice, bob = UserFactory.create(), UserFactory.create(roles=["editor"])
    editor = RoleFactory.create(code="editor")

    answer = act_on(boss, [alice, bob], "assign_role", role=editor.pk)

    assert answer.status_code == 302
    assert event_types() == ["role.assigned"]
    told = boss.get(list_url(User)).content.decode()
    assert "1 was changed. 1 was so already." in told


def test_role_is_taken_away(boss: Client) -> None:
    bob = UserFactory.create(roles=["editor", "lector"])

    act_on(boss, [bob], "unassign_role", role=RoleFactory.create(code="editor").pk)

    assert bob.role_codes() == ["lector"]
    assert event_types() == ["role.unassigned"]


def test_people_move_to_a_department(boss: Client) -> None:
    people = [UserFactory.create(), UserFactory.create()]
    department = DepartmentFactory.create()

    act_on(boss, people, "move_to_department", department=department.pk)

    assert department.users.count() == 2
    assert event_types() == ["user.changed", "user.changed"]


def test_deactivation_ends_sessions_and_reactivation_opens_the_account(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=NOW)

    act_on(boss, [alice], "deactivate")
    act_on(boss, [alice], "reactivate")

    assert event_types()[-3:] == ["user.deactivated", "refresh_session.ended", "user.reactivated"]


def test_all_sessions_of_people_end(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=NOW)

    act_on(boss, [alice], "end_sessions")

    assert not alice.refresh_sessions.filter(ended_at__isnull=True).exists()
    assert event_types()[-1] == "refresh_session.ended"


def test_without_its_event_a_bulk_change_changes_nobody(boss: Client, broken_audit: None) -> None:
    people = [UserFactory.create(), UserFactory.create()]

    with pytest.raises(RuntimeError, match="audit log"):
        act_on(boss, people, "assign_role", role=RoleFactory.create(code="editor").pk)

    assert not User.objects.filter(roles__code="editor").exists()


def test_event_that_fails_at_the_last_row_undoes_the_first(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [UserFactory.create(), UserFactory.create(), UserFactory.create()]
    create, calls = AuditEvent.objects.create, []

    def full_after_two(**fields: object) -> AuditEvent:
        calls.append(fields)
        if len(calls) > 2:
            raise RuntimeError("the audit log is full")
        return create(**fields)

    monkeypatch.setattr(AuditEvent.objects, "create", full_after_two)

    with pytest.raises(RuntimeError, match="audit log"):
        act_on(boss, people, "deactivate")

    assert User.objects.filter(is_active=False).count() == 0
    assert event_types() == []


def test_refused_row_is_named_and_no_other_row_is_changed(db: None) -> None:
    alice, chief = UserFactory.create(), superuser(email="zz-chief@example.org")
    client = signed_in(clerk("view_user", "change_user", holds_admin=True))

    answer = act_on(client, [alice, chief], "deactivate")

    assert answer.status_code == 200
    assert "zz-chief@example.org: This account may do more than yours" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.is_active


def test_first_step_only_asks(boss: Client) -> None:
    alice = UserFactory.create()

    asked = boss.post(
        list_url(User), {"action": "deactivate", ACTION_CHECKBOX_NAME: str(alice.pk), "index": "0"}
    )

    assert asked.status_code == 200
    assert event_types() == []


def test_selection_that_grew_meanwhile_is_refused(boss: Client) -> None:
    UserFactory.create()
    confirmed = {
        "action": "deactivate",
        ACTION_CHECKBOX_NAME: str(User.objects.latest("created_at").pk),
        "select_across": "1",
        "confirmed": "yes",
        "expected": "1",
    }

    answer = boss.post(list_url(User), confirmed)

    assert "selection has changed" in answer.content.decode()
    assert event_types() == []


@pytest.mark.parametrize("chosen", [{}, {"role": "99999"}, {"role": "x"}, {"expected": "x"}])
def test_wrong_choice_is_an_error_on_the_page(boss: Client, chosen: dict[str, str]) -> None:
    assert act_on(boss, [UserFactory.create()], "assign_role", **chosen).status_code == 200
    assert event_types() == []


@pytest.mark.parametrize("selected", ["x", "-1", "9" * 40, ""])
def test_selection_that_is_no_id_is_a_message(boss: Client, selected: str) -> None:
    for url in (list_url(User), list_url(RoleFactory._meta.model)):
        answer = boss.post(
            url, {"action": "deactivate", ACTION_CHECKBOX_NAME: selected, "index": "0"}, follow=True
        )
        assert answer.status_code == 200
    assert event_types() == []


@pytest.mark.parametrize(
    "action", ["assign_role", "unassign_role", "move_to_department", "deactivate", "reactivate"]
)
def test_who_may_only_look_is_not_offered_actions_and_cannot_send_them(db: None, action: str) -> None:
    alice, client = UserFactory.create(roles=["editor"]), signed_in(clerk("view_user"))

    shown = client.get(list_url(User))
    act_on(client, [alice], action, role=RoleFactory.create(code="editor").pk)

    assert action not in shown.content.decode()
    assert event_types() == []
    alice.refresh_from_db()
    assert (alice.is_active, alice.role_codes()) == (True, ["editor"])


@pytest.mark.parametrize("typed", ["x", "\0", "9" * 5000])
def test_choice_that_is_no_id_is_refused_beside_its_field(boss: Client, typed: str) -> None:
    answer = act_on(boss, [UserFactory.create()], "move_to_department", department=typed)

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"department"}
