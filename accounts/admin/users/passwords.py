"""The page on which an administrator sets somebody's password."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.acts import act_of, staff_of
from accounts.admin.recent_password import require_recent_password
from accounts.admin.refusals import REFUSALS, add_refusal
from accounts.admin.users.forms import TypedTwice
from accounts.models import User
from accounts.services.credentials import set_password

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def set_password_page(model_admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask for the new password twice, and set it; all sessions of the person end."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    user = model_admin.get_object(request, unquote(object_id))
    if not isinstance(user, User):
        raise Http404
    form = TypedTwice(request.POST or None)
    if form.is_valid() and _is_set(request, user.pk, form):
        message = _("The password of %s was set; all their sessions have ended.") % user
        model_admin.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Set password: %s") % user,
        "subtitle": None,
        "explanation": _("All sessions of this person end, on every device."),
        "form": form,
        "original": user,
        "opts": model_admin.opts,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/accounts/user/password.html", context)


def _is_set(request: HttpRequest, user_id: UUID, form: TypedTwice) -> bool:
    require_recent_password(request)
    act = act_of(request)
    try:
        set_password(
            user_id=user_id, new_password=form.cleaned_data["password1"], actor=act.actor, now=act.now
        )
    except REFUSALS as refusal:
        add_refusal(form, refusal)
        return False
    staff = staff_of(request)
    if user_id == staff.pk:
        # Their browser session hangs on the old password's hash.
        staff.refresh_from_db()
        update_session_auth_hash(request, staff)
    return True
