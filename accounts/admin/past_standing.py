"""The page that answers what a person could do at a moment, from the audit log."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import staff_of
from accounts.admin.history import history_line
from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.services.past_standing import Doubt, PastStanding, standing_at
from accounts.services.standing import Standing

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

#: As browsers send a moment.
_MOMENT = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    """Which moment."""

    at = forms.DateTimeField(
        label=_("At"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format=_MOMENT)
    )


def past_standing_page(
    model_admin: "ModelAdmin[Any]", request: HttpRequest, user_id: UUID
) -> TemplateResponse:
    """Ask for a moment, and show what the person could do then."""
    about = AuditEvent.objects.filter(subject_kind="user", subject_id=str(user_id)).order_by("-id")
    user: User | None = User.objects.visible_to(staff_of(request)).filter(pk=user_id).first()
    latest = about.visible_to(staff_of(request)).first()
    if user is None and latest is None:
        raise Http404
    form = MomentForm(request.GET if "at" in request.GET else None, initial={"at": timezone.now()})
    past = standing_at(user_id, at=form.cleaned_data["at"]) if form.is_valid() else None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _now_("What could they do? %s") % (user or (latest and latest.subject_label)),
        "subtitle": None,
        "form": form,
        "person": user,
        "opts": model_admin.opts,
        "media": model_admin.media,
        **(_answer(request, past) if past else {}),
    }
    return TemplateResponse(request, "admin/audit/past_standing.html", context)


def _answer(request: HttpRequest, past: PastStanding) -> dict[str, Any]:
    staff = staff_of(request)
    if staff.tenant_id is not None and past.standing.exists and past.standing.tenant != staff.tenant_code:
        # Where somebody was before or after is the business of that tenant.
        return {"at": past.at, "was_elsewhere": True}
    events = {name: getattr(past, name) for name in ("rests_on", "undone")}
    if staff.tenant_id is not None:
        events = {
            name: [each for each in events[name] if each.tenant == staff.tenant_code] for name in events
        }
    return {
        "at": past.at,
        "standing": past.standing,
        "facts": _facts(past.standing),
        "notes": [_sentence(note.doubt, note.about, note.at) for note in past.notes],
        **{name: [history_line(event) for event in found] for name, found in events.items()},
    }


def _facts(standing: Standing) -> list[tuple[Promise, str]]:
    return [
        (_("Could log in"), _yes_or_no(standing.may_log_in)),
        (_("E-mail"), standing.email),
        (_("Name"), standing.name),
        (_("Tenant"), _code(standing.tenant, is_retired=standing.tenant_is_retired)),
        (_("Department"), _code(standing.department, is_retired=standing.department_is_retired)),
        (_("Roles"), ", ".join(standing.roles)),
        (_("Roles held, but retired"), ", ".join(standing.retired_roles)),
        (_("Special permissions"), _yes_or_no(standing.special_permissions)),
        (_("Active"), _yes_or_no(standing.is_active)),
        (_("Staff"), _yes_or_no(standing.is_staff)),
        (_("Superuser"), _yes_or_no(standing.is_superuser)),
        (_("Admin permissions by roles"), ", ".join(standing.permissions)),
    ]


def _yes_or_no(value: object) -> str:
    return _now_("yes") if value else _now_("no")


def _code(code: str | None, *, is_retired: bool) -> str:
    return _now_("%s (retired)") % code if code and is_retired else code or ""


def _sentence(doubt: Doubt, about: str, at: datetime | None) -> str:
    moment = timezone.localtime(at).isoformat(sep=" ", timespec="seconds") if at else ""
    match doubt:
        case Doubt.DROPPED:
            return (
                _now_(
                    "Events up to %s were exported and dropped: what came before is in those files, not here."
                )
                % moment
            )
        case Doubt.UNRECORDED:
            sentence = _now_("“%(about)s” was changed by something that records no events. %(at)s")
            return sentence % {"about": about, "at": moment}
