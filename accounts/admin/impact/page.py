"""Before a change is saved, a page tells what it does: it was made, and rolled back (ADR 0027)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.admin import stated_reasons
from accounts.admin.acts import act_of
from accounts.admin.carried_forms import submitted_fields
from accounts.admin.impact.words import impact_in_words
from accounts.admin.recent_password import asks_for_password_of_a_form
from accounts.admin.stated_reasons import why_context
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.values import Impact
from accounts.explanations.impact.watch import ImpactWatch, watch_impact

P = ParamSpec("P")
View = Callable[Concatenate[Any, HttpRequest, P], HttpResponse]

#: The field that names the impact which the person has seen.
SEEN = "impact_seen"


class ImpactUnseen(Exception):  # noqa: N818 - no error: it carries what would happen out of a transaction
    """The change does something that the person has not seen yet, or no longer what they have seen."""

    def __init__(self, impact: Impact) -> None:
        self.impact = impact
        super().__init__(impact.digest)


def watch_for(request: HttpRequest, touched: Touched | None) -> ImpactWatch | None:
    """Read what is so before a change, in its transaction; none where it touches nobody by its kind."""
    return None if touched is None else watch_impact(touched, now=act_of(request).now)


def require_seen(request: HttpRequest, watch: ImpactWatch | None) -> None:
    """Let a change pass that does nothing to anybody, or exactly what the person has seen.

    :raise ImpactUnseen: inside of a view under ``asks_before_saving``, which shows it
    """
    if watch is None:
        return
    impact = watch.end()
    if not impact.is_empty and request.POST.get(SEEN) != impact.digest:
        raise ImpactUnseen(impact)


def asks_before_saving(view: View[P]) -> View[P]:
    """Decorate a view with a form: the impact is shown first, then the password asked for."""

    @wraps(view)
    def showing(model_admin: Any, request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(model_admin, request, *args, **kwargs)
        except ImpactUnseen as unseen:
            return _show(model_admin, request, unseen.impact)

    return asks_for_password_of_a_form(showing)


def _show(model_admin: Any, request: HttpRequest, impact: Impact) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        **impact_in_words(impact, names_people=request.user.has_perm("accounts.view_user")),
        "title": _("What this change does"),
        "subtitle": None,
        "has_changed_meanwhile": SEEN in request.POST,
        "impact": impact,
        "seen": SEEN,
        "submitted": submitted_fields(request, SEEN, stated_reasons.FIELD),
        **why_context(request),
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/impact.html", context)
