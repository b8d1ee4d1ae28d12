"""The tab of a person's devices: where they are logged in, what that still carries, and where they were."""

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import act_of
from accounts.admin.page_numbers import page_number
from accounts.admin.row_head import Way, links_to, tab_page
from accounts.admin.sessions import device_of
from accounts.admin.users.explain_page import sessions_shown
from accounts.admin.users.person_head import person_head
from accounts.change_log.epoch import current_epoch
from accounts.explanations.sessions.carried import live_sessions
from accounts.models import User
from accounts.models.subject_facts import read_subject_facts
from accounts.refresh_sessions.models import RefreshSession

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

#: Ended sessions on one page.
PER_PAGE: Final = 20
_END: Final = Way(name="end-session", label=_("End session"), icon="log-out")


def devices_page(page: "ServiceModelAdmin", request: HttpRequest, user: User) -> HttpResponse:
    """Show a person's sessions: the live ones as cards, the others folded."""
    now, number = act_of(request).now, page_number(request)
    live, are_more = live_sessions(user, now=now)
    past = _past(user, now)[(number - 1) * PER_PAGE : number * PER_PAGE + 1]
    context = {
        "head": person_head(page, request, user, current="devices"),
        "sessions": _carried(request, user, live) if live else [],
        "are_more": are_more,
        "ends": links_to(page, request, user, [_END]),
        "past": [{"session": session, "device": device_of(session)} for session in past[:PER_PAGE]],
        "number": number,
        "previous": number - 1,
        "next": number + 1 if len(past) > PER_PAGE else 0,
    }
    return tab_page(page, request, user, "admin/accounts/user/devices.html", context)


def _carried(request: HttpRequest, user: User, live: list[RefreshSession]) -> list[Any]:
    """Read the person with the epoch first: what is compared with the past is what holds then."""
    subject: Any = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=user.pk)
    read_subject_facts(subject)
    return sessions_shown(request, live, user=subject, epoch=subject.epoch)


def _past(user: User, now: Any) -> QuerySet[RefreshSession]:
    over = Q(ended_at__isnull=False) | Q(expires_at__lte=now) | Q(idle_expires_at__lte=now)
    return RefreshSession.objects.filter(over, user=user).order_by("-last_used_at", "sid")
