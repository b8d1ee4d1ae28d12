"""manage.py free_space deletes what has no use any more, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.audiences.models import UsedAssertion
from accounts.change_log.models import ChangeEntry
from accounts.limits.models import BucketRow
from accounts.mail_links.models import MailLink, Purpose
from accounts.mail_links.services import make_link
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.services.space import disposable_rows
from accounts.statistics.models import EventCount, Period
from tests.accounts.change_log.commits import written
from tests.accounts.journeys import start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def alice() -> User:
    return UserFactory.create()


def session(alice: User, *, begun: timedelta, ended: timedelta | None = None) -> RefreshSession:
    row = RefreshSession.objects.get(sid=start_session(alice, now=NOW - begun).sid)
    if ended is not None:
        row.ended_at, row.end_reason = NOW - ended, EndReason.LOGOUT
        row.save()
    return row


def entry(age: timedelta) -> int:
    position = int((NOW - age).timestamp() * 1000)
    ChangeEntry.objects.create(position=position, scope="sub", value="x", took_away=True)
    return position


def free_space(**options: Any) -> list[str]:
    out = StringIO()
    call_command("free_space", stdout=out, **options)
    return out.getvalue().splitlines()


def test_what_is_dead_for_long_goes_and_the_rest_stays(alice: User) -> None:
    live = session(alice, begun=DAY)
    recently = session(alice, begun=2 * DAY, ended=DAY)
    session(alice, begun=80 * DAY, ended=31 * DAY)
    session(alice, begun=80 * DAY)  # idle for 50 days
    ChangeEntry.objects.all().delete()
    young = entry(6 * DAY)
    for age in (8, 9, 10):
        entry(age * DAY)
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - DAY)
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + DAY)

    BucketRow.objects.all().delete()
    for name, ends in (("old", NOW - DAY), ("new", NOW + DAY)):
        BucketRow.objects.create(key=name, places_left=0, ends_ms=int(ends.timestamp() * 1000))
    for digest, expired in (("old", timedelta(hours=2)), ("new", timedelta(minutes=5))):
        UsedAssertion.objects.create(digest=digest, expires_at=NOW - expired)
    make_link(user=alice, purpose=Purpose.SET_PASSWORD, now=NOW - DAY)
    make_link(user=alice, purpose=Purpose.CONFIRM_NEW_EMAIL, now=NOW)

    for period, age in ((Period.HOUR, 9), (Period.HOUR, 7), (Period.DAY, 401), (Period.DAY, 300)):
        EventCount.objects.create(scope="*", period=period, start=NOW - age * DAY, type="x", events=1)

    said = free_space(batch=2)

    assert said == [
        "3 change log entries deleted",
        "2 refresh sessions deleted",
        "1 links in mails deleted",
        "1 browser sessions deleted",
        "1 ended limits deleted",
        "1 used assertions deleted",
        "2 counts of the dashboard deleted",
    ]
    assert set(RefreshSession.objects.values_list("sid", flat=True)) == {live.sid, recently.sid}
    assert list(ChangeEntry.objects.values_list("position", flat=True)) == [young]
    assert [each.session_key for each in Session.objects.all()] == ["new"]
    assert [each.key for each in BucketRow.objects.all()] == ["new"]
    assert [each.digest for each in UsedAssertion.objects.all()] == ["new"]
    assert [link.purpose for link in MailLink.objects.all()] == [Purpose.CONFIRM_NEW_EMAIL]
    assert EventCount.objects.count() == 2
    assert free_space()[0] == "0 change log entries deleted"


def test_newest_entry_stays_however_old() -> None:
    entry(300 * DAY)
    newest = entry(200 * DAY)

    free_space()

    assert list(ChangeEntry.objects.values_list("position", flat=True)) == [newest]


def test_deleting_dead_sessions_is_no_news(alice: User) -> None:
    session(alice, begun=80 * DAY, ended=31 * DAY)
    session(alice, begun=80 * DAY)

    with written() as entries:
        free_space()

    assert entries == []


def test_batch_is_a_number_of_rows() -> None:
    with pytest.raises(CommandError, match="--batch"):
        free_space(batch=0)
    with pytest.raises(CommandError, match="--batch"):
        free_space(batch=10**30)


def test_each_query_has_an_index() -> None:
    entry(DAY)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # so small tables are read through an index

    for queries in [*disposable_rows(now=NOW).values(), EventCount.objects.all().disposable(at=NOW)]:
        for rows in queries:
            plan = rows.values_list("pk", flat=True)[:1000].explain()
            assert "Index" in plan or "USING" in plan, plan
            assert "SCAN" not in plan, plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL gathers its own")
@pytest.mark.django_db
def test_sqlite_knows_afterwards_how_many_rows_there_are() -> None:
    UserFactory.create_batch(3)

    call_command("free_space")

    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'user_by_name'")
        assert str(cursor.fetchone()[0]).startswith("3 ")
