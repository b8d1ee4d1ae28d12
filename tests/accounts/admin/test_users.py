"""People: created, changed and deleted in the admin, each change with its event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.utils import timezone

from accounts.audiences.models import Audience, ContractClaim
from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    event_types,
    list_url,
    page_url,
    save,
    signed_in,
    superuser,
)
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks


def test_new_person_is_invited_and_cannot_log_in_yet(
    boss: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = save(boss, add_url(User), email="New@Example.org", name="New")

    assert answer.status_code == 302
    created = User.objects.get(email="new@example.org")
    assert not created.has_usable_password()
    assert event_types() == ["user.created", "invitation.sent"]
    assert [sent.to for sent in mail.outbox] == [["new@example.org"]]


@pytest.mark.parametrize(
    ("is_active", "said"),
    [("on", "A mail with a link is on its way to new@example.org."), ("", "No mail was sent")],
)
def test_who_creates_a_person_is_told_of_the_mail(boss: Client, is_active: str, said: str) -> None:
    save(boss, add_url(User), email="new@example.org", name="New", is_active=is_active)

    assert said in boss.get(list_url(User), headers={"accept-language": "en"}).content.decode()


def test_message_that_begins_with_an_address_leaves_it_as_it_is(boss: Client) -> None:
    alice = UserFactory.create(email="alice@example.org")

    boss.post(page_url(alice, "lift_limits"), {}, headers={"accept-language": "en"})

    shown = boss.get(list_url(User), headers={"accept-language": "en"}).content.decode()
    assert ">alice@example.org can try again." in shown


def test_one_save_records_each_change_with_one_instant(boss: Client) -> None:
    alice = UserFactory.create(roles=["lector"])
    editor, department = RoleFactory.create(code="editor"), DepartmentFactory.create()

    answer = save(boss, page_url(alice), name="Alice", roles=[editor.pk], department=department.pk)

    assert answer.status_code == 302
    assert event_types() == ["user.changed", "role.assigned", "role.unassigned"]
    assert len(set(AuditEvent.objects.filter(subject_id=str(alice.pk)).values_list("at"))) == 1
    changed = AuditEvent.objects.get(type="user.changed")
    assert set(changed.changes) == {"name", "department"}
    assert (changed.actor_label, changed.ip) == ("boss@example.org", "127.0.0.1")


def test_saving_without_a_change_records_nothing(boss: Client) -> None:
    alice = UserFactory.create(roles=["lector"])

    assert save(boss, page_url(alice)).status_code == 302

    assert event_types() == []


def test_without_its_event_a_person_stays_unchanged(boss: Client, broken_audit: None) -> None:
    alice = UserFactory.create(name="Alice", roles=["lector"])

    with pytest.raises(RuntimeError, match="audit log"):
        save(boss, page_url(alice), name="Changed", roles=[RoleFactory.create(code="editor").pk])

    alice.refresh_from_db()
    assert (alice.name, alice.role_codes()) == ("Alice", ["lector"])


def test_refusal_of_the_service_stands_beside_its_field_and_nothing_is_written(boss: Client) -> None:
    alice = UserFactory.create(name="Alice")
    elsewhere = DepartmentFactory.create(tenant=TenantFactory.create())

    answer = save(boss, page_url(alice), name="Changed", department=elsewhere.pk)

    assert answer.status_code == 200
    assert "department" in answer.context["adminform"].form.errors
    alice.refresh_from_db()
    assert alice.name == "Alice"
    assert event_types() == []


def test_deletion_goes_through_the_service_with_its_sessions(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=NOW)

    shown = boss.get(page_url(alice, "delete"))
    answer = boss.post(page_url(alice, "delete"), {"post": "yes"})

    assert shown.status_code == 200
    assert answer.status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert event_types()[-1] == "user.deleted"


def test_nobody_deletes_their_own_account(boss: Client) -> None:
    myself = User.objects.get(email="boss@example.org")

    answer = boss.post(page_url(myself, "delete"), {"post": "yes"}, follow=True)

    assert "cannot delete your own account" in answer.content.decode()
    assert User.objects.filter(pk=myself.pk).exists()


def test_bulk_deletion_is_all_or_nothing(boss: Client) -> None:
    alice, myself = UserFactory.create(), User.objects.get(email="boss@example.org")

    refused = act_on(boss, [alice, myself], "delete_selected")
    assert refused.status_code == 200
    assert "cannot delete your own account" in refused.content.decode()
    assert User.objects.filter(pk=alice.pk).exists()

    assert act_on(boss, [alice], "delete_selected").status_code == 302
    assert event_types() == ["user.deleted"]


def test_profile_says_in_a_line_how_large_the_token_is(boss: Client) -> None:
    alice = UserFactory.create(roles=["editor"])

    page = boss.get(page_url(alice)).content.decode()

    assert "A token for api-mi-aplicacion takes" in page
    assert page_url(alice, "token") in page


def test_profile_says_why_there_would_be_no_token(boss: Client) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    ContractClaim.objects.create(audience=own, path="odd", source="not_there")

    answer = boss.get(page_url(UserFactory.create()))

    assert answer.status_code == 200
    assert "not registered" in answer.content.decode()


def test_profile_says_how_many_sessions_are_live(boss: Client) -> None:
    alice = UserFactory.create()
    start_session(alice, now=timezone.now())

    page = boss.get(page_url(alice)).content.decode()

    assert "1 live session." in page
    assert page_url(alice, "devices") in page


def test_clerk_cannot_raise_themselves_or_others(db: None) -> None:
    staff, bob = clerk("view_user", "change_user", holds_admin=True), UserFactory.create()

    for person in (staff, bob):
        save(signed_in(staff), page_url(person), is_staff="on", is_superuser="on", name="Changed")

    assert list(User.objects.filter(is_superuser=True)) == []
    assert list(User.objects.filter(is_staff=True)) == [staff]
    assert User.objects.filter(name="Changed").count() == 2


def test_clerk_cannot_change_a_superuser(db: None) -> None:
    chief = superuser(email="chief@example.org")
    client = signed_in(clerk("view_user", "change_user", holds_admin=True))

    changed = save(client, page_url(chief), email="mine@example.org")
    answer = client.post(page_url(chief, "invite"), follow=True)

    assert "may do more than yours" in changed.content.decode()
    assert "may do more than yours" in answer.content.decode()
    chief.refresh_from_db()
    assert chief.email == "chief@example.org"
    assert not chief.mail_links.exists()


def test_password_hashes_cannot_be_searched(boss: Client) -> None:
    assert boss.get(list_url(User), {"password__startswith": "a"}).status_code in {302, 400}


def test_whole_sub_finds_its_person(boss: Client) -> None:
    alice = UserFactory.create()

    answer = boss.get(list_url(User), {"q": str(alice.pk)})

    assert [row.pk for row in answer.context["cl"].result_list] == [alice.pk]


@pytest.mark.parametrize("typed", ["9" * 5000, "[" * 5000])
def test_preferences_that_nothing_can_read_are_shown_again(boss: Client, typed: str) -> None:
    alice = UserFactory.create(email="alice@example.org")

    answer = save(boss, page_url(alice), ui_preferences=typed)

    assert answer.context["adminform"].form.errors.keys() == {"ui_preferences"}
    assert typed in answer.content.decode()
