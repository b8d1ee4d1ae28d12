"""The dashboard: each card for whoever may see what it tells."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts.admin.acts import act_of, staff_of
from accounts.admin.dashboard.charts import grouped
from accounts.admin.dashboard.checklist import checklist_of
from accounts.admin.dashboard.key_standing import key_standing
from accounts.admin.dashboard.latest import latest_events
from accounts.admin.dashboard.long_figures import live_sessions_of, near_budget_of
from accounts.admin.dashboard.traffic import traffic_for
from accounts.admin.declarations import declared_of
from accounts.admin.tokens.near_budget import near_budget_page
from accounts.admin.tokens.pasted_token import pasted_token_page


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the template shows; what the person may not see is not even looked for."""
    viewer, now = staff_of(request), act_of(request).now
    context: dict[str, Any] = {"now": now, "may_paste_tokens": _may_open(pasted_token_page, request)}
    if viewer.has_perm("audit.view_auditevent"):
        context |= {"traffic": traffic_for(viewer, now=now), "latest": latest_events(viewer)}
    if viewer.has_perm("refresh_sessions.view_refreshsession"):
        reading = live_sessions_of(viewer, now=now)
        context |= {"live_sessions": reading, "live_sessions_grouped": grouped(reading.value or 0)}
    if _may_open(near_budget_page, request):
        context["near_budget"] = near_budget_of(viewer, now=now)
    if viewer.has_perm("keys.view_signingkey"):
        context["keys"] = key_standing(now=now)
    steps = checklist_of(viewer)
    return context | {"checklist": steps, "checklist_done": sum(step.is_done for step in steps)}


def _may_open(page: Callable[..., object], request: HttpRequest) -> bool:
    declared = declared_of(page)
    return declared is not None and declared.is_permitted(request)
