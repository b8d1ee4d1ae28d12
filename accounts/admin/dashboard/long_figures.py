"""Figures that take long with many people: live sessions, and who is near the token budget."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import DatabaseError

from accounts.admin.dashboard.beside import beside_the_page
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import Audience
from accounts.explanations.budget.near_budget import people_near_budget
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.statistics.figures import Reading, find_if_due, read_figure
from accounts.statistics.models import EVERYBODY

logger = logging.getLogger(__name__)

#: With so many people at most a figure is found while the page waits.
FEW_PEOPLE: Final = 1000

AudienceNearBudget = dict[str, str | int | bool]


def live_sessions_of(viewer: User, *, now: datetime) -> Reading:
    """Return how many sessions of the people whom ``viewer`` sees can be refreshed, or could a while ago."""
    return _figure("live_sessions", lambda: _count_live(viewer, now), viewer, now)


def near_budget_of(viewer: User, *, now: datetime) -> Reading:
    """Return, for each audience that has any, how many people whom ``viewer`` sees are near its budget."""
    return _figure("near_budget", lambda: _near_budget(viewer, now), viewer, now)


def _figure(name: str, find: Callable[[], object], viewer: User, now: datetime) -> Reading:
    scope = viewer.tenant_code or EVERYBODY
    reading = read_figure(name, scope=scope, now=now)
    if not reading.is_due:
        return reading
    if _sees_few(viewer):
        try:
            find_if_due(name, find, scope=scope, now=now)
        except DatabaseError:  # somebody else writes for long, or nobody may
            logger.exception("finding %s not done", name)
            return reading
        return read_figure(name, scope=scope, now=now)
    beside_the_page.do(lambda: _find(name, find, scope, now), what=f"finding {name}")
    return reading


def _find(name: str, find: Callable[[], object], scope: str, now: datetime) -> None:
    find_if_due(name, find, scope=scope, now=now)


def _sees_few(viewer: User) -> bool:
    people = User.objects.visible_to(viewer).order_by()
    return bool(people.values("pk")[: FEW_PEOPLE + 1].count() <= FEW_PEOPLE)


def _count_live(viewer: User, now: datetime) -> int:
    return RefreshSession.objects.visible_to(viewer).live(at=now).count()


def _near_budget(viewer: User, now: datetime) -> list[AudienceNearBudget]:
    codes = Audience.objects.in_force().order_by("code").values_list("code", flat=True)
    found = [_of_audience(code, viewer, now) for code in codes]
    return [each for each in found if each]


def _of_audience(code: str, viewer: User, now: datetime) -> AudienceNearBudget:
    try:
        found = people_near_budget(code, viewer=viewer, now=now)
    except UnknownAudienceError:
        return {}  # retired a moment ago
    except ClaimSourceError:
        return {"audience": code, "is_broken": True}
    over = sum(each.is_over for each in found.people) + len(found.failing)
    near = len(found.people) + len(found.failing) - over
    if not (over or near or found.left_out):
        return {}
    return {"audience": code, "over": over, "near": near, "more": found.left_out}
