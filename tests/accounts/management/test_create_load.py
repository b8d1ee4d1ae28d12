"""manage.py create_load fills an empty development database, on both engines alike."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.audit.guard import GUARD
from accounts.audit.models import AuditEvent
from accounts.audit.sealing import seal_settled_events
from accounts.audit.verification import verify_audit_log
from accounts.change_log.models import ChangeEntry
from accounts.change_log.triggers import missing_triggers
from accounts.management.load import tables
from accounts.management.load.curves import shares
from accounts.management.load.moments import microseconds_of, text_of
from accounts.management.load.tables import TableWriter, indexes_built_afterwards
from accounts.models import Department, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.past_standing import standing_at
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

PEOPLE, SESSIONS, EVENTS = 300, 600, 2000


def load(**options: Any) -> str:
    out = StringIO()
    size = {"people": PEOPLE, "sessions": SESSIONS, "events": EVENTS}
    call_command("create_load", stdout=out, **(size | options))
    return out.getvalue()


def indexes() -> dict[str, str]:
    return tables._definitions([User, User.roles.through, RefreshSession, AuditEvent])  # noqa: SLF001 - what it heals


def test_there_is_as_much_as_was_asked_for_and_it_fits_together() -> None:
    before, now = indexes(), timezone.now()
    other_events = AuditEvent.objects.count()

    said = load()

    assert (User.objects.count(), RefreshSession.objects.count()) == (PEOPLE, SESSIONS)
    assert EVENTS <= AuditEvent.objects.count() - other_events <= EVENTS + 10
    assert f"{SESSIONS} sessions" in said
    assert indexes() == before
    assert not missing_triggers()
    assert not GUARD.missing()
    subjects = {str(pk) for pk in User.objects.values_list("pk", flat=True)} | {""}
    told = AuditEvent.objects.filter(subject_kind="user")
    assert set(told.values_list("subject_id", flat=True)) <= subjects
    tenants = set(Tenant.objects.values_list("code", flat=True)) | {""}
    assert set(told.values_list("tenant", flat=True)) <= tenants
    assert not told.exclude(at__gte=now - timedelta(days=91), at__lte=timezone.now()).exists()
    live = RefreshSession.objects.all().live(at=timezone.now()).count()
    ended = RefreshSession.objects.filter(ended_at__isnull=False).count()
    assert 0 < live < SESSIONS
    assert 0 < ended < SESSIONS - live


def test_people_are_in_the_departments_of_their_tenants() -> None:
    load(events=0, sessions=0)

    assert Department.objects.filter(parent__isnull=False).exists()
    for user in User.objects.with_directory():
        assert user.department is None or user.department.tenant_id == user.tenant_id
        user.full_clean(exclude=["password"])


def test_what_the_log_says_of_people_is_what_they_are() -> None:
    load(people=60, sessions=100, events=3000)

    for user in User.objects.all():
        past = standing_at(user.pk, at=timezone.now())
        assert not past.notes, user.email
        before = standing_at(user.pk, at=timezone.now() - timedelta(days=89))
        assert not before.notes, user.email


def test_events_can_be_sealed_and_verified() -> None:
    load()

    seals = list(seal_settled_events(now=timezone.now()))

    assert sum(seal.events for seal in seals) == AuditEvent.objects.count()
    assert not verify_audit_log().finding


def test_nothing_is_written_to_the_change_log_for_people_without_tokens() -> None:
    before = ChangeEntry.objects.count()

    load()

    assert ChangeEntry.objects.count() == before


def test_the_same_seed_makes_up_the_same_people() -> None:
    people = User.objects.order_by("email").values_list("pk", "email", "name")
    with transaction.atomic():
        load(events=0, sessions=0)
        first = list(people.all())
        transaction.set_rollback(True)

    load(events=0, sessions=0)

    assert list(people.all()) == first


def test_the_sample_organisation_may_be_there_but_nobody_else() -> None:
    call_command("create_sample_organisation", stdout=StringIO())
    load(events=0, sessions=0)
    assert User.objects.count() == PEOPLE + 7

    with pytest.raises(CommandError, match="beyond the sample organisation"):
        load()
    assert User.objects.count() == PEOPLE + 7


def test_other_people_are_left_alone() -> None:
    UserFactory.create()

    with pytest.raises(CommandError, match="beyond the sample organisation"):
        load()
    assert User.objects.count() == 1


def test_production_is_refused(settings: Settings) -> None:
    settings.AUTHSITE_IS_PRODUCTION = True

    with pytest.raises(CommandError, match="Production"):
        load()
    assert not User.objects.exists()


@pytest.mark.parametrize("size", [{"people": 3}, {"sessions": -1}, {"events": 10**9}])
def test_sizes_that_make_no_sense_are_refused(size: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="--people is"):
        load(**size)


def test_indexes_come_back_after_a_fault() -> None:
    before = indexes()

    def fail() -> None:
        with indexes_built_afterwards(User, AuditEvent):
            assert "audit_by_time" not in indexes()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert indexes() == before


def test_rows_are_written_in_chunks_after_those_that_they_point_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK", 2)
    user, role = UserFactory.create(roles=["one"]), "two"
    roles = TableWriter(User.roles.rel.model, ("id", "code", "label", "description"))
    memberships = TableWriter(User.roles.through, ("user_id", "role_id"), after=roles)

    roles.add((7001, role, 'Tab\t, "quote", \\ and ñ', ""))
    memberships.add((user.pk.hex, 7001))
    memberships.flush()

    assert (roles.written, memberships.written) == (1, 1)
    assert user.roles.get(code=role).label == 'Tab\t, "quote", \\ and ñ'


def test_shares_are_whole_and_add_up() -> None:
    parts = list(shares(1000, [1, 2, 0.5, 0, 7]))

    assert sum(parts) == 1000
    assert parts[3] == 0


def test_moments_are_text_in_utc() -> None:
    now = timezone.now()

    assert text_of(microseconds_of(now)) == now.strftime("%Y-%m-%d %H:%M:%S.%f")
