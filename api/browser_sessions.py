"""Browser sessions end by themselves: without use, and some hours after signing in (ADR 0023)."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services.browser_sessions import TimeOut, note_use, time_out_of
from api.middleware import prefers_page
from api.request_log import bind_subject

_PREFIXES = ("/admin/", "/api/")
#: Pages ask for it by themselves: it keeps nobody signed in.
_ASSETS = ("/admin/jsi18n/",)
_SENTENCES: dict[TimeOut, Promise] = {
    TimeOut.IDLE: _("You were signed out because nothing was done for some time. Sign in again."),
    TimeOut.ABSOLUTE: _("You were signed out because you signed in many hours ago. Sign in again."),
}


class BrowserSessionMiddleware:
    """Sign out whose time is over, before anything is done in their name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session, where the request brings one."""
        is_ours = request.path_info.startswith(_PREFIXES) and settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_ours and SESSION_KEY in request.session:
            self._look_at(request)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        now = timezone.now()
        time_out = time_out_of(request.session, now=now)
        if time_out is not None:
            # Without Django's logout(), which would first read the person, and remember them.
            request.session.flush()
            request.user = AnonymousUser()
            if prefers_page(request):
                messages.warning(request, str(_SENTENCES[time_out]))
        elif request.user.is_authenticated:
            bind_subject(request.user.pk)
            if request.path_info not in _ASSETS:
                note_use(request.session, now=now)
