"""The page that lists whose token is over its audience's budget, or near it."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts import conf
from accounts.admin.acts import act_of, staff_of
from accounts.admin.pages import site_page
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import MAX_TOKEN_BYTES, Audience
from accounts.explanations.budget.near_budget import MOST, people_near_budget

PERMISSIONS = ("accounts.view_user", "audiences.view_audience")


@site_page("near-budget", permissions=PERMISSIONS, reads_only=True)
def near_budget_page(request: HttpRequest) -> TemplateResponse:
    """Show the people near the budget of the audience in ``?audience=``, or of the first in force."""
    audiences = list(Audience.objects.in_force().order_by("code"))
    chosen = _chosen(request, audiences)
    context = {
        **admin.site.each_context(request),
        "title": _("Near the token budget"),
        "subtitle": None,
        "audiences": audiences,
        "chosen": chosen,
        "most": MOST,
        "highest_budget": MAX_TOKEN_BYTES,
        **(_found(request, chosen) if chosen else {}),
    }
    return TemplateResponse(request, "admin/near_budget.html", context)


def _chosen(request: HttpRequest, audiences: list[Audience]) -> Audience | None:
    by_code = {audience.code: audience for audience in audiences}
    if "audience" in request.GET:
        try:
            return by_code[request.GET["audience"]]
        except KeyError:
            raise Http404 from None
    return by_code.get(conf.own_audience(), audiences[0] if audiences else None)


def _found(request: HttpRequest, audience: Audience) -> dict[str, Any]:
    try:
        return {"found": people_near_budget(audience.code, viewer=staff_of(request), now=act_of(request).now)}
    except UnknownAudienceError as error:
        raise Http404 from error  # retired a moment ago
    except ClaimSourceError as error:
        return {"problem": str(error)}
