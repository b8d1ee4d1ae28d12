"""What people did: logins, failures, limits reached and refresh tokens used again, from the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.admin.dashboard.beside import beside_the_page
from accounts.admin.dashboard.charts import Chart, draw, grouped
from accounts.audit.errors import StillWritingError
from accounts.audit.event_types import EventType
from accounts.models import User
from accounts.statistics.counts import Counts, days_until, hours_until, read_counts
from accounts.statistics.rolling_up import BRIEFLY, count_settled_events

HOURS: Final = 24
DAYS: Final = 30
#: Fewer events than that wait for the next time.
_WORTH_COUNTING: Final = 1000
#: Steps of counting after one answer: half a million events, a second or two.
_MOST_STEPS: Final = 10

LOGINS: Final = (EventType.REFRESH_SESSION_STARTED, EventType.BROWSER_SESSION_STARTED)
FAILURES: Final = (EventType.CREDENTIALS_REJECTED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """One number, what it is, what there is to say of it, and where its events are."""

    label: str
    value: str
    note: str
    url: str
    is_alarming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table beside a pair of charts."""

    label: str
    logins: str
    failures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timespan:
    """A pair of charts, and the same as a table; without charts, nothing happened."""

    name: str
    title: str
    column: str
    charts: tuple[Chart, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """All of it. ``is_behind`` where the numbers are too low, because earlier events wait to be counted."""

    stats: tuple[Stat, ...]
    timespans: tuple[Timespan, ...]
    is_behind: bool
    missing: str


def traffic_for(viewer: User, *, now: datetime) -> Traffic:
    """Return what a person with the permission for audit events sees: of a tenant's staff, its own."""
    counts = read_counts(tenant=viewer.tenant_code, now=now, hours=2 * HOURS, days=2 * DAYS)
    if counts.uncounted > _WORTH_COUNTING:
        beside_the_page.do(lambda: catch_up(now=now), what="counting audit events")
    hours, days = hours_until(now, 2 * HOURS), days_until(now, 2 * DAYS)
    return Traffic(
        stats=_stats(counts, hours, days),
        timespans=(_day(counts, hours), _month(counts, days)),
        is_behind=counts.missing > 0,
        # How much happens elsewhere is not for the staff of a tenant.
        missing=grouped(counts.missing) if viewer.tenant_code is None else "",
    )


def catch_up(*, now: datetime) -> None:
    """Count what waits, up to a bound; the next page or the timer goes on."""
    try:
        for _step in islice(count_settled_events(now=now, patience=BRIEFLY), _MOST_STEPS):
            pass
    except StillWritingError:
        pass  # somebody imports; what is not counted yet is counted with each page meanwhile


def events_url(type_: EventType) -> str:
    """Return the list of the events of a type."""
    return f"{reverse('admin:audit_auditevent_changelist')}?type={type_}"


def _stats(counts: Counts, hours: Sequence[datetime], days: Sequence[datetime]) -> tuple[Stat, ...]:
    def stat(label: str, *types: EventType, is_alarming: bool = False) -> Stat:
        of_day = counts.in_hours(hours[HOURS:], *types)
        note = (
            _against_day_before(counts, hours, types)
            if not is_alarming
            else _of_month(counts, days[DAYS:], types)
        )
        return Stat(
            label=label,
            value=grouped(of_day),
            note=_("in 24 hours, %(compared)s") % {"compared": note},
            url=events_url(types[0]),
            is_alarming=is_alarming and of_day > 0,
        )

    return (
        stat(_("Logins"), *LOGINS),
        stat(_("Rejected credentials"), *FAILURES),
        stat(_("Limits reached"), EventType.LIMIT_REACHED, is_alarming=True),
        stat(_("Refresh tokens used again"), EventType.REFRESH_SESSION_REUSED, is_alarming=True),
    )


def _against_day_before(counts: Counts, hours: Sequence[datetime], types: Sequence[EventType]) -> str:
    """Compare the whole hours with the same ones of the day before; the hour that runs is left out."""
    whole, all_ = (hours[: HOURS - 1], hours[HOURS:-1]), (hours[:HOURS], hours[HOURS:])
    change = _change(*([counts.in_hours(span, *types) for span in spans] for spans in (whole, all_)))
    if change is None:
        return _("none the day before")
    return (
        _("%(percent)s %% against the day before") % {"percent": change} if change else _("as the day before")
    )


def _against_month_before(counts: Counts, days: Sequence[datetime], types: Sequence[EventType]) -> str:
    """Compare the whole days with as many before them; today is left out."""
    whole, all_ = (days[1:DAYS], days[DAYS:-1]), (days[:DAYS], days[DAYS:])
    change = _change(*([counts.in_days(span, *types) for span in spans] for spans in (whole, all_)))
    if change is None:
        return _("none in the month before")
    return (
        _("%(percent)s %% against the month before") % {"percent": change}
        if change
        else _("as in the month before")
    )


def _change(whole: Sequence[int], all_: Sequence[int]) -> str | None:
    """Return by how many per cent there are more, with its sign; nothing where as many, none from nothing.

    Where nothing happened in the whole hours or days before, what runs is compared as well: beside a number
    that counts it, "as the day before" would be wrong.
    """
    was, is_now = whole if whole[0] else all_
    if not was:
        return None if is_now else ""
    percent = round((is_now - was) * 100 / was)
    sign = "+" if percent > 0 else "\N{MINUS SIGN}"
    return sign + grouped(abs(percent)) if percent else ""


def _of_month(counts: Counts, days: Sequence[datetime], types: Sequence[EventType]) -> str:
    count = counts.in_days(days, *types)
    said = ngettext("%(number)s in 30 days", "%(number)s in 30 days", count)
    return said % {"number": grouped(count)}


def _day(counts: Counts, hours: Sequence[datetime]) -> Timespan:
    shown = hours[HOURS:]
    return _timespan(
        name="day",
        title=_("The last 24 hours"),
        column=_("Hour (UTC)"),
        labels=[date_format(hour, "TIME_FORMAT") for hour in shown],
        values=[[counts.in_hours([hour], *types) for hour in shown] for types in (LOGINS, FAILURES)],
        notes=[_against_day_before(counts, hours, types) for types in (LOGINS, FAILURES)],
        marks_every=HOURS // 4,
    )


def _month(counts: Counts, days: Sequence[datetime]) -> Timespan:
    shown = days[DAYS:]
    day_and_month = pgettext("a date in letters of Django", "j M")
    return _timespan(
        name="month",
        title=_("The last 30 days"),
        column=_("Day (UTC)"),
        labels=[date_format(day, day_and_month) for day in shown],
        values=[[counts.in_days([day], *types) for day in shown] for types in (LOGINS, FAILURES)],
        notes=[_against_month_before(counts, days, types) for types in (LOGINS, FAILURES)],
        marks_every=DAYS // 5,
    )


def _timespan(
    *,
    name: str,
    title: str,
    column: str,
    labels: list[str],
    values: list[list[int]],
    notes: list[str],
    marks_every: int,
) -> Timespan:
    logins, failures = values
    charts = [
        draw(
            name=f"{name}-{number}",
            series=number,
            title=words,
            note=note,
            labels=labels,
            values=each,
            marks_every=marks_every,
        )
        for number, words, each, note in zip(
            (1, 2), (_("Logins"), _("Rejected credentials")), values, notes, strict=True
        )
    ]
    rows = [
        Row(label=label, logins=grouped(good), failures=grouped(bad))
        for label, good, bad in zip(labels, logins, failures, strict=True)
    ]
    return Timespan(
        name=name,
        title=title,
        column=column,
        charts=tuple(charts) if any(logins) or any(failures) else (),
        rows=tuple(reversed(rows)),
    )
