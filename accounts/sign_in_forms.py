"""Signing in by browser: who has to wait is told, and a browser is known when it comes again."""

from math import ceil
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from typing_extensions import override

from accounts.limits.errors import ThrottledError
from accounts.models import User
from accounts.refresh_sessions.opaque_tokens import make_device_token, read_device_token
from accounts.services.browser_sign_in import DEVICE_COOKIE

_COOKIE_SECONDS = 400 * 24 * 60 * 60  # as long as browsers keep any


class SignInForm(AuthenticationForm):
    """Django's form; ``wait`` is in seconds where a limit is reached."""

    wait: float | None = None

    @override
    def clean(self) -> dict[str, Any]:
        """Verify the credentials.

        :raise ValidationError: they are wrong, or were not looked at because a limit is reached
        """
        try:
            return super().clean()
        except ThrottledError as refusal:
            self.wait = refusal.wait
            raise ValidationError(refusal.sentence, code=refusal.code) from refusal


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The admin's form."""


class SignInView(LoginView):
    """The sign-in page of the browsable API."""

    form_class = SignInForm
    template_name = "rest_framework/login.html"

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _completed(request, super().dispatch(request, *args, **kwargs))


def sign_in_to_admin(
    site: AdminSite, request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """Return the answer of the admin's own sign-in page, completed."""
    return _completed(request, AdminSite.login(site, request, extra_context))


def _completed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Say 429 and Retry-After where a limit is reached (RFC 6585 §4); give a browser its device token."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    wait = getattr(form, "wait", None)
    if wait is not None:
        response.status_code = 429
        response["Retry-After"] = str(ceil(wait))
    user = request.user
    if request.method == "POST" and isinstance(user, User) and isinstance(response, HttpResponse):
        _know_browser(request, response, user)
    return response


def _know_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser be counted apart from strangers at its next sign-in; the cookie opens nothing."""
    device_id = read_device_token(request.COOKIES.get(DEVICE_COOKIE, ""), sub=user.pk)
    response.set_cookie(
        DEVICE_COOKIE,
        make_device_token(sub=user.pk, device_id=device_id or uuid4()),
        max_age=_COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
