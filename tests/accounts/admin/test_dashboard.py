"""The dashboard: what it tells, to whom, and at what cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin.dashboard import long_figures, traffic
from accounts.admin.dashboard.beside import beside_the_page
from accounts.admin.dashboard.charts import grouped
from accounts.audiences.models import ContractClaim
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.statistics import counts, figures
from accounts.statistics.models import Figure, Progress
from tests.accounts.admin.browsing import clerk, page_url, signed_in, superuser
from tests.accounts.audit.sealed_log import unguarded
from tests.accounts.journeys import start_session
from tests.accounts.statistics.traffic import happens
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

URL = "/admin/"
#: A heading of each card, and the permissions that it needs.
CARDS = {
    "The last 24 hours": ("view_auditevent",),
    "Latest events": ("view_auditevent",),
    "Live sessions": ("view_refreshsession",),
    "Near the token budget": ("view_user", "view_audience"),
    "Paste a token": ("view_user", "view_refreshsession"),
    "Signing keys": ("view_signingkey",),
}
MANY = [f"role-number-{number:03}" for number in range(55)]


def page_of(client: Client) -> str:
    answer = client.get(URL)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page[page.index('id="content-main"') :]


def headings(page: str) -> set[str]:
    return {re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h2[^>]*>(.*?)</h2>", page)}


def stats(client: Client) -> dict[str, str]:
    """Return the values of the stats by their labels."""
    found = re.findall(
        r'stat-label"><a[^>]*>([^<]*)</a></h2>\s*<span class="stat-value">([^<]*)', page_of(client)
    )
    return dict(found)


def happen(type_: EventType, times: int, *, ago: timedelta = timedelta(minutes=1), tenant: str = "") -> None:
    for _time in range(times):
        happens(type_, at=timezone.now() - ago, tenant=tenant)


@pytest.mark.parametrize("permissions", set(CARDS.values()))
def test_each_card_is_for_whoever_may_see_what_it_tells(permissions: tuple[str, ...]) -> None:
    page = page_of(signed_in(clerk(*permissions)))

    for heading, needed in CARDS.items():
        assert (heading in headings(page)) == (set(needed) <= set(permissions)), heading


def test_who_may_see_nothing_is_told_so_and_nothing_else() -> None:
    page = page_of(signed_in(UserFactory.create(is_staff=True)))

    assert "nothing on this page" in page
    assert headings(page) == set()


def test_numbers_are_of_the_last_day_and_compared_with_the_day_before(boss: Client) -> None:
    happen(EventType.REFRESH_SESSION_STARTED, 12, ago=timedelta(hours=3))
    happen(EventType.REFRESH_SESSION_STARTED, 8, ago=timedelta(hours=27))
    happen(EventType.CREDENTIALS_REJECTED, 3, ago=timedelta(hours=2))
    happen(EventType.REFRESH_SESSION_REUSED, 1, ago=timedelta(days=3))
    happen(EventType.LIMIT_REACHED, 1)

    # Signing in by browser is a login, too: that of the page's reader, in the hour that runs.
    assert stats(boss) == {
        "Live sessions": "0",
        "Logins": "13",
        "Rejected credentials": "3",
        "Limits reached": "1",
        "Refresh tokens used again": "0",
    }
    page = page_of(boss)
    assert "in 24 hours, +50 % against the day before" in page
    assert "in 24 hours, none the day before" in page
    assert "in 24 hours, 1 in 30 days" in page
    assert "Logins: <strong>13</strong>, +50 % against the day before" in page
    assert "Logins: <strong>21</strong>, none in the month before" in page


@pytest.mark.parametrize(
    ("day_before", "said"),
    [(0, "none the day before"), (1, "as the day before"), (4, "−75 % against the day before")],  # noqa: RUF001
)
def test_hour_that_runs_is_compared_where_nothing_else_happened(
    boss: Client, day_before: int, said: str
) -> None:
    """One login a minute ago, beside none yesterday, is not "as the day before"."""
    happen(EventType.REFRESH_SESSION_STARTED, day_before, ago=timedelta(days=1))

    assert stats(boss)["Logins"] == "1"
    assert f"Logins: <strong>1</strong>, {said}" in page_of(boss)


def test_numbers_speak_the_language_of_their_reader(boss: Client, settings: Any) -> None:
    assert grouped(1234567) == "1,234,567"
    page = boss.get(URL, headers={"accept-language": "es"}).content.decode()

    assert not re.search(r'<rect[^>]* (y|height)="\d+,\d+"', page)


def test_staff_of_a_tenant_see_its_numbers_and_events_alone() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    staff = signed_in(
        clerk("view_auditevent", "view_refreshsession", "view_user", "view_audience", tenant=ours)
    )
    happen(EventType.CREDENTIALS_REJECTED, 2, tenant=ours.code)
    happen(EventType.CREDENTIALS_REJECTED, 40, tenant=theirs.code)
    happen(EventType.CREDENTIALS_REJECTED, 500)
    start_session(UserFactory.create(tenant=ours), now=timezone.now())
    for _session in range(3):
        start_session(UserFactory.create(tenant=theirs, roles=MANY), now=timezone.now(), audience=None)

    for _time in range(2):  # from events, and then from the counts
        found, page = stats(staff), page_of(staff)
        assert (found["Rejected credentials"], found["Live sessions"], found["Logins"]) == ("2", "1", "2")
        assert "Nobody." in page
        assert theirs.code not in page
        traffic.catch_up(now=timezone.now())
        assert Progress.objects.get().last_id == AuditEvent.objects.latest("id").pk


def test_staff_of_a_tenant_are_not_told_how_much_happens_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_LIVE", 5)
    happen(EventType.CREDENTIALS_REJECTED, 30)

    of_tenant = page_of(signed_in(clerk("view_auditevent", tenant=TenantFactory.create())))
    of_everybody = page_of(signed_in(clerk("view_auditevent")))

    assert "some earlier events are not counted yet" in of_tenant
    assert re.search(r"up to [\d,]+ earlier events", of_everybody)


def test_page_that_finds_much_uncounted_counts_it_after_the_answer(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "_WORTH_COUNTING", 5)
    happen(EventType.CREDENTIALS_REJECTED, 30)

    assert stats(boss)["Rejected credentials"] == "30"
    assert Progress.objects.get().last_id == AuditEvent.objects.latest("id").pk
    assert stats(boss)["Rejected credentials"] == "30"


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        page_of(client)
    return len(captured)


def test_page_takes_as_many_queries_however_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "SHORTEST_AGE", timedelta(hours=1))
    boss = signed_in(superuser())
    queries(boss)
    few = queries(boss)
    for number in range(20):
        person = UserFactory.create(roles=MANY)
        start_session(person, now=timezone.now())
        happen(EventType.CREDENTIALS_REJECTED, 5, ago=timedelta(hours=number))

    assert queries(boss) == few
    traffic.catch_up(now=timezone.now())
    assert queries(boss) == few


def test_figures_of_many_people_are_found_beside_the_request(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_figures, "FEW_PEOPLE", 3)
    waiting: list[Any] = []

    def later(work: Any, *, what: str) -> None:
        waiting.append(work)

    monkeypatch.setattr(beside_the_page, "do", later)
    for _person in range(4):
        start_session(UserFactory.create(roles=MANY), now=timezone.now())

    assert "Being counted: reload" in page_of(boss)
    assert "Being looked for" in page_of(boss)
    for work in waiting:
        work()

    page = page_of(boss)
    assert stats(boss)["Live sessions"] == "4"
    assert "4 near it" in page
    assert "As of" in page
    assert Figure.objects.count() == 2


def test_near_budget_says_where_no_token_can_be_issued(boss: Client) -> None:
    ContractClaim.objects.update(source="gone")

    assert "its contract names a source that is missing" in page_of(boss)


def test_latest_events_lead_to_the_event_and_to_people_who_are_still_there(boss: Client) -> None:
    alice = UserFactory.create(email="alice@example.org")
    start_session(alice, now=timezone.now())
    started = AuditEvent.objects.filter(type=EventType.REFRESH_SESSION_STARTED).latest("id")

    page = page_of(boss)

    assert f'href="{page_url(started)}">Session started' in page
    assert f'href="{page_url(alice)}">alice@example.org' in page
    alice.refresh_sessions.all().delete()
    alice.delete()
    page = page_of(boss)
    assert "alice@example.org" in page
    assert str(alice.pk) not in page


def test_page_has_no_inline_style_or_script(boss: Client) -> None:
    happen(EventType.CREDENTIALS_REJECTED, 3)

    page = page_of(boss)

    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", page)


def test_each_chart_has_a_name_a_description_and_a_table(boss: Client) -> None:
    happen(EventType.CREDENTIALS_REJECTED, 3)

    page = page_of(boss)

    charts = re.findall(r'<svg role="img" aria-labelledby="([\w-]+) ([\w-]+)"', page)
    assert len(charts) == 4
    for title, description in charts:
        assert f'<title id="{title}">' in page
        assert f'<desc id="{description}">' in page
    assert page.count("<caption") == 2
    assert page.count('<th scope="row">') >= 24 + 30


def test_nothing_draws_no_chart(boss: Client) -> None:
    with unguarded():
        AuditEvent.objects.all().delete()

    page = page_of(boss)

    assert "<svg role=" not in page
    assert page.count("Nobody logged in, or tried to.") == 2
    assert "Nothing has happened yet." in page


def test_page_is_there_where_no_figure_can_be_kept(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is locked, or only to be read, keeps nobody from the rest of the page."""

    def locked(**_fields: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Figure.objects, "get_or_create", locked)

    assert {"Live sessions", "Latest events"} <= headings(page_of(boss))
