"""The page on which an administrator has somebody choose a password; nobody else ever knows it."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.acts import act_of
from accounts.admin.refusals import REFUSALS, sentences_of
from accounts.models import User
from accounts.services.password_links import invite_user

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def invite_page(model_admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask once more, and mail the person a link to choose their password."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    user = model_admin.get_object(request, unquote(object_id))
    if not isinstance(user, User):
        raise Http404
    if request.method == "POST":
        _invite(model_admin, request, user)
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Send invitation: %s") % user,
        "subtitle": None,
        "original": user,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/accounts/user/invite.html", context)


def _invite(model_admin: "ModelAdmin[Any]", request: HttpRequest, user: User) -> None:
    act = act_of(request)
    try:
        invite_user(user_id=user.pk, actor=act.actor, now=act.now)
    except REFUSALS as refusal:
        for sentence in sentences_of(refusal):
            model_admin.message_user(request, sentence, messages.ERROR)
        return
    message = _("A mail with a link is on its way to %s.") % user
    model_admin.message_user(request, message, messages.SUCCESS)
