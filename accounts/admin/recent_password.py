"""Dangerous changes ask for the password again, and then go on with exactly what was submitted (ADR 0023)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin import stated_reasons
from accounts.admin.acts import act_of, staff_of
from accounts.admin.carried_forms import is_going_back, submitted_fields
from accounts.admin.stated_reasons import why_context
from accounts.services.browser_sessions import has_recent_password
from accounts.services.browser_sign_in import confirm_browser_session

P = ParamSpec("P")
View = Callable[Concatenate[Any, HttpRequest, P], HttpResponse]

FIELD = "password_again"


class RecentPasswordNeeded(Exception):  # noqa: N818 - no error: it carries a question out of a transaction
    """The change is dangerous, and the password was not typed a short while ago."""


class PasswordAgain(forms.Form):
    """The password of the person who is signed in, through the form that signs people in."""

    password_again = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password_again(self) -> str:
        """Refuse another password, by the same way and within the same limits as at signing in."""
        typed, staff = str(self.cleaned_data[FIELD]), staff_of(self.request)
        form_class = admin.site.login_form or AdminAuthenticationForm
        sign_in = form_class(self.request, data={"username": staff.email, "password": typed})
        if not sign_in.is_valid():
            if sign_in.has_error(NON_FIELD_ERRORS, code="invalid_login"):
                raise forms.ValidationError(_now_("This is not your current password."))
            raise forms.ValidationError([text for texts in sign_in.errors.values() for text in texts])
        if sign_in.get_user() != staff:
            raise forms.ValidationError(_now_("This is not your current password."))
        return typed


def require_recent_password(request: HttpRequest) -> None:
    """Let a dangerous change pass whose person has typed their password a short while ago.

    :raise RecentPasswordNeeded: inside of a view under ``asks_for_password``, which asks
    """
    if not has_recent_password(request.session, now=act_of(request).now):
        raise RecentPasswordNeeded


def asks_for_password(view: View[P]) -> View[P]:
    """Decorate a view of a ``ModelAdmin`` that makes dangerous changes; going back opens its page anew."""

    @wraps(view)
    def asking(model_admin: Any, request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_going_back(request):
            return HttpResponseRedirect(request.get_full_path())
        return asks_for_password_of_a_form(view)(model_admin, request, *args, **kwargs)

    return asking


def asks_for_password_of_a_form(view: View[P]) -> View[P]:
    """Decorate such a view that itself shows its form again, as typed, where ``is_going_back``."""

    @wraps(view)
    def asking(model_admin: Any, request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if FIELD in request.POST and not is_going_back(request):
            form = PasswordAgain(request.POST, request=request)
            if not form.is_valid():
                return _ask(model_admin, request, form)
            act = act_of(request)
            confirm_browser_session(request=request, user=staff_of(request), now=act.now)
            submitted = request.POST.copy()
            del submitted[FIELD]
            request.POST = submitted  # type: ignore[assignment] # as mutable as it was not
        try:
            return view(model_admin, request, *args, **kwargs)
        except RecentPasswordNeeded:
            return _ask(model_admin, request, PasswordAgain(request=request))

    return asking


def _ask(model_admin: Any, request: HttpRequest, form: PasswordAgain) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _now_("Confirm with your password"),
        "subtitle": None,
        "password_form": form,
        "submitted": submitted_fields(request, FIELD, stated_reasons.FIELD),
        **why_context(request),
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/recent_password.html", context)
