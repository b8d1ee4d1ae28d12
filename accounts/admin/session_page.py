"""What the page of one session shows: its person and device, what it still carries, and its events."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import act_of, staff_of
from accounts.admin.history import events_about, history_line
from accounts.admin.users.end_sessions import may_end_sessions
from accounts.audit.models import AuditEventQuerySet
from accounts.change_log.epoch import current_epoch
from accounts.explanations.sessions.carried import what_sessions_carry
from accounts.explanations.sessions.veils import veiled_session
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession

if TYPE_CHECKING:
    from accounts.admin.users.explained_rows import ShownSession

EVENTS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Whether a session can be refreshed, in a word and a colour."""

    words: str | Promise
    tone: str
    is_live: bool


def state_of(session: RefreshSession, *, request: HttpRequest) -> State:
    """Return whether the session is live, and why not."""
    if session.ended_at is not None:
        return State(words=session.get_end_reason_display(), tone="is-quiet", is_live=False)
    if session.is_expired(at=act_of(request).now):
        return State(words=_("expired"), tone="is-quiet", is_live=False)
    return State(words=_("live"), tone="is-good", is_live=True)


def events_of_session(session: RefreshSession) -> AuditEventQuerySet:
    """Return what happened to a session, and what was done by its tokens; the events are about its person."""
    of_session = Q(facts__sid=str(session.sid)) | Q(facts__sids__icontains=str(session.sid))
    return events_about(kind="user", pk=session.user_id).filter(of_session | Q(sid=session.sid))


def told_of_session(request: HttpRequest, session: RefreshSession) -> dict[str, Any]:
    """Return what the page shows beside Django's own."""
    state = state_of(session, request=request)
    may_see_person = request.user.has_perm("accounts.view_user")
    may_see_events = request.user.has_perm("audit.view_auditevent")
    events = events_of_session(session).visible_to(staff_of(request)) if may_see_events else None
    return {
        "title": _("Session"),
        "subtitle": session.device_name or session.client_id,
        "state": state,
        "refreshes": session.generation - 1,
        "person_url": _page_of_person(request, session) if may_see_person else "",
        "may_end": state.is_live and may_end_sessions(request),
        "carried": _carried(request, session) if state.is_live and may_see_person else None,
        "may_see_events": may_see_events,
        "lines": [history_line(event) for event in events[:EVENTS_SHOWN]] if events is not None else [],
    }


def _page_of_person(request: HttpRequest, session: RefreshSession) -> str:
    people = admin.site.get_model_admin(User).get_queryset(request)
    is_visible = people.filter(pk=session.user_id).exists()
    return reverse("admin:accounts_user_change", args=[session.user_id]) if is_visible else ""


def _carried(request: HttpRequest, session: RefreshSession) -> "ShownSession":
    from accounts.admin.users.explained_rows import shown_sessions  # noqa: PLC0415 - it names devices as we do

    user = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=session.user_id)
    [carried] = what_sessions_carry(
        [session], user=user, epoch=user.epoch, viewer=staff_of(request), now=act_of(request).now
    )
    [shown] = shown_sessions([carried if staff_of(request).is_superuser else veiled_session(carried)])
    return shown
