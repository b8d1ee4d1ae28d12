"""The page on which staff change their own password, through the service instead of Django's form."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.admin.acts import act_of, staff_of
from accounts.admin.refusals import REFUSALS, add_refusal
from accounts.admin.users.forms import OwnPassword
from accounts.services.credentials import change_password


@sensitive_post_parameters()
def change_own_password(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Ask for the current password and twice for the new one, and change it; refresh sessions end."""
    form = OwnPassword(request.POST or None)
    if form.is_valid() and _is_changed(request, form):
        return HttpResponseRedirect(reverse("admin:password_change_done"))
    context = {
        **admin.site.each_context(request),
        "title": _("Change your password"),
        "subtitle": None,
        "explanation": _("Your sessions on other devices end; this browser stays signed in."),
        "form": form,
        **(extra_context or {}),
    }
    return TemplateResponse(request, "admin/accounts/user/password.html", context)


def _is_changed(request: HttpRequest, form: OwnPassword) -> bool:
    act, staff = act_of(request), staff_of(request)
    try:
        change_password(
            user_id=staff.pk,
            current_password=form.cleaned_data["current_password"],
            new_password=form.cleaned_data["password1"],
            keep=None,
            origin=act.actor.origin,
            now=act.now,
        )
    except REFUSALS as refusal:
        add_refusal(form, refusal)
        return False
    staff.refresh_from_db()
    update_session_auth_hash(request, staff)
    return True
