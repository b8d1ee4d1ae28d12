"""Passwords: comparing, upgrading, changing and setting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import conf
from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.models import User
from accounts.services.credentials import change_password, set_password, verify_credentials
from accounts.services.errors import InvalidCredentialsError
from tests.accounts.change_log.commits import written
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM, row_of, start_session
from tests.accounts.services.recording_hasher import RecordingHasher
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

NEW = "a brand new long password"


@pytest.fixture
def recording(settings: Settings) -> type[RecordingHasher]:
    name = "tests.accounts.services.recording_hasher.RecordingHasher"
    settings.PASSWORD_HASHERS = [name, *settings.PASSWORD_HASHERS]
    RecordingHasher.runs.clear()
    RecordingHasher.meanwhile = None
    return RecordingHasher


def verify(email: str, password: str = PASSWORD) -> User:
    return verify_credentials(email=email, password=password, origin=ORIGIN, now=NOW)


@pytest.mark.parametrize("typed", ["Alice@Example.ORG", "  alice@example.org ", "\uff41lice@example.org"])
def test_the_address_is_found_in_any_spelling(typed: str) -> None:
    alice = UserFactory.create(email="alice@example.org")

    assert verify(typed) == alice


@pytest.mark.parametrize("typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), f"{PASSWORD}\n", ""])
def test_the_password_is_compared_exactly(typed: str) -> None:
    alice = UserFactory.create()

    with pytest.raises(InvalidCredentialsError):
        verify(alice.email, typed)


def test_spaces_around_a_password_are_part_of_it() -> None:
    alice = UserFactory.create(password=make_password(f"  {PASSWORD} "))

    assert verify(alice.email, f"  {PASSWORD} ") == alice


CASES = ("unknown", "wrong", "inactive", "password-less", "retired tenant")


def rejected_person(case: str) -> tuple[str, str]:
    match case:
        case "wrong":
            return UserFactory.create().email, "wrong"
        case "inactive":
            return UserFactory.create(is_active=False).email, PASSWORD
        case "password-less":
            return UserFactory.create(password=make_password(None)).email, PASSWORD
        case "retired tenant":
            return UserFactory.create(tenant=TenantFactory.create(retired_at=NOW)).email, PASSWORD
        case _:
            return "nobody@example.org", PASSWORD


@pytest.mark.parametrize("case", CASES)
def test_every_rejection_takes_the_same_statements_and_one_run_of_the_hasher(
    case: str, recording: type[RecordingHasher]
) -> None:
    email, password = rejected_person(case)
    recording.runs.clear()

    with CaptureQueriesContext(connection) as captured, pytest.raises(InvalidCredentialsError) as refusal:
        verify(email, password)

    # The database's limiter takes a place, which is not given back.
    counted = [] if conf.redis_place() else ["INSERT"]
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", *counted, "INSERT"]
    assert len(recording.runs) == 1
    assert str(refusal.value).startswith("The credentials are not accepted.")


def test_a_rejection_is_recorded_without_what_was_typed() -> None:
    with pytest.raises(InvalidCredentialsError):
        verify("my password in the wrong field", "secret")

    event = AuditEvent.objects.get(type="credentials.rejected")
    assert (event.subject_id, event.subject_label, event.actor_label) == ("", "", "")
    assert (event.ip, event.facts, event.changes) == ("192.0.2.1", {}, {})


def test_an_old_hash_is_upgraded_at_login(recording: type[RecordingHasher]) -> None:
    alice = UserFactory.create(password=make_password(PASSWORD, hasher="md5"))

    verify(alice.email)

    alice.refresh_from_db()
    assert alice.password.startswith("recording$")
    assert verify(alice.email) == alice


def test_an_upgrade_never_overwrites_a_password_that_was_changed_meanwhile(
    recording: type[RecordingHasher],
) -> None:
    alice = UserFactory.create(password=make_password(PASSWORD, hasher="md5"))
    changed = make_password(NEW, hasher="md5")
    recording.meanwhile = lambda: User.objects.update(password=changed)

    verify(alice.email)

    alice.refresh_from_db()
    assert alice.password == changed


def change(user: User, current: str, new: str = NEW, **fields: object) -> None:
    change_password(
        user_id=user.id,
        current_password=current,
        new_password=new,
        keep=fields.get("keep"),  # type: ignore[arg-type] # a sid
        origin=ORIGIN,
        now=NOW,
    )


def test_changing_the_password_keeps_this_session_and_ends_the_others() -> None:
    alice = UserFactory.create()
    here, there = start_session(alice), start_session(alice)

    change(alice, PASSWORD, keep=here.sid)

    assert row_of(here).ended_at is None
    assert row_of(there).end_reason == "password_changed"
    assert verify(alice.email, NEW) == alice
    with pytest.raises(InvalidCredentialsError):
        verify(alice.email)


def test_sessions_that_a_new_password_ends_are_in_the_change_log() -> None:
    alice = UserFactory.create()
    here, there = start_session(alice), start_session(alice)

    with written() as entries:
        change(alice, PASSWORD, keep=here.sid)

    assert entries == [("sid", str(there.sid), "-")]


@pytest.mark.parametrize("current", ["wrong", f"{PASSWORD} ", ""])
def test_a_wrong_current_password_changes_nothing_and_is_recorded(current: str) -> None:
    alice = UserFactory.create()
    phone = start_session(alice)

    with pytest.raises(ValidationError) as refusal:
        change(alice, current)

    assert set(refusal.value.message_dict) == {"current_password"}
    assert row_of(phone).ended_at is None
    assert AuditEvent.objects.filter(type="credentials.rejected").count() == 1
    assert verify(alice.email) == alice


@pytest.mark.parametrize("new", ["short", "x" * 129, "alice.person@example.org"])
def test_a_bad_new_password_changes_nothing(new: str) -> None:
    alice = UserFactory.create(email="alice.person@example.org")

    with pytest.raises(ValidationError) as refusal:
        change(alice, PASSWORD, new)

    assert set(refusal.value.message_dict) == {"new_password"}
    assert verify(alice.email) == alice


def test_of_two_changes_at_once_one_is_refused(recording: type[RecordingHasher]) -> None:
    alice = UserFactory.create(password=make_password(PASSWORD, hasher="md5"))
    changed = make_password("the password of the other tab", hasher="md5")
    recording.meanwhile = lambda: User.objects.update(password=changed)

    with pytest.raises(ValidationError):
        change(alice, PASSWORD)

    alice.refresh_from_db()
    assert alice.password == changed


def test_setting_somebodys_password_ends_all_their_sessions() -> None:
    alice = UserFactory.create()
    phone = start_session(alice)

    set_password(user_id=alice.id, new_password=NEW, actor=SYSTEM, now=NOW)

    assert row_of(phone).end_reason == "password_set"
    assert AuditEvent.objects.filter(type="password.set", subject_id=str(alice.id)).count() == 1
    assert verify(alice.email, NEW) == alice


def test_somebody_of_another_tenant_sets_no_password() -> None:
    alice, mallory = UserFactory.create(), UserFactory.create(tenant=TenantFactory.create(), roles=["admin"])

    with pytest.raises(NotPermittedError):
        set_password(user_id=alice.id, new_password=NEW, actor=mallory.as_actor(), now=NOW)
    assert verify(alice.email) == alice
