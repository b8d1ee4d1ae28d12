"""The dashboard: each card for whoever may see what it tells."""

from typing import Any

from django.http import HttpRequest

from accounts.admin.acts import act_of, staff_of
from accounts.admin.dashboard.charts import grouped
from accounts.admin.dashboard.checklist import checklist_of
from accounts.admin.dashboard.key_standing import key_standing
from accounts.admin.dashboard.latest import latest_events
from accounts.admin.dashboard.long_figures import live_sessions_of, near_budget_of
from accounts.admin.dashboard.traffic import traffic_for
from accounts.admin.tokens.near_budget import PERMISSIONS as OF_NEAR_BUDGET
from accounts.admin.tokens.pasted_token import PERMISSIONS as OF_PASTED_TOKEN


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the template shows; what the person may not see is not even looked for."""
    viewer, now = staff_of(request), act_of(request).now
    context: dict[str, Any] = {"now": now, "may_paste_tokens": viewer.has_perms(OF_PASTED_TOKEN)}
    if viewer.has_perm("audit.view_auditevent"):
        context |= {"traffic": traffic_for(viewer, now=now), "latest": latest_events(viewer)}
    if viewer.has_perm("refresh_sessions.view_refreshsession"):
        reading = live_sessions_of(viewer, now=now)
        context |= {"live_sessions": reading, "live_sessions_grouped": grouped(reading.value or 0)}
    if viewer.has_perms(OF_NEAR_BUDGET):
        context["near_budget"] = near_budget_of(viewer, now=now)
    if viewer.has_perm("keys.view_signingkey"):
        context["keys"] = key_standing(now=now)
    steps = checklist_of(viewer)
    return context | {"checklist": steps, "checklist_done": sum(step.is_done for step in steps)}
