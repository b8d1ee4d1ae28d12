"""The page on which an administrator ends all sessions of a person."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.acts import Act, act_of
from accounts.admin.recent_password import require_recent_password
from accounts.admin.refusals import REFUSALS, sentences_of
from accounts.authority import authority_of
from accounts.models import User
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def end_all_sessions(user: User, act: Act) -> None:
    """End every session of a person, also by browser.

    :raise NotPermittedError: the actor may not change this account
    """
    authority_of(act.actor).require_over_user(user)
    end_refresh_sessions(user=user, reason=EndReason.ENDED_BY_ADMINISTRATOR, actor=act.actor, now=act.now)


def end_sessions_page(model_admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask once more, and end all sessions of the person."""
    if not may_end_sessions(request):
        raise PermissionDenied
    user = model_admin.get_object(request, unquote(object_id))
    if not isinstance(user, User):
        raise Http404
    page = reverse("admin:accounts_user_change", args=[user.pk])
    if request.method == "POST":
        require_recent_password(request)
        try:
            end_all_sessions(user, act_of(request))
        except REFUSALS as refusal:
            for sentence in sentences_of(refusal):
                model_admin.message_user(request, sentence, messages.ERROR)
        else:
            message = _("All sessions of %s have ended.") % user
            model_admin.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(page)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("End all sessions: %s") % user,
        "subtitle": None,
        "back": page,
        "original": user,
        "opts": model_admin.opts,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/accounts/user/end_sessions.html", context)


def may_end_sessions(request: HttpRequest) -> bool:
    """Tell whether the person signed in may end sessions."""
    return bool(request.user.has_perm("refresh_sessions.change_refreshsession"))
