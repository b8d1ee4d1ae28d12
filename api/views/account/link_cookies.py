"""How the token of a link gets from the address of a page into a cookie, which no page and no log shows.

An address is kept by the browser's history, sent on as referrer, and written into logs. The session would
keep the token in the database, where it must not be. So the first page moves it into a cookie for the pages
that need it, and leads there.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.mail_links.services import LIFETIME

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCookie:
    """One kind of link: the name of its cookie, and the page that reads it."""

    name: str
    page: str

    def read(self, request: HttpRequest) -> str:
        """Return the token; an empty one opens nothing."""
        return request.COOKIES.get(self.name, "")

    def keep(self, response: HttpResponse, token: str) -> None:
        """Keep the token for the page, and for nothing else."""
        response.set_cookie(
            self.name,
            token,
            max_age=LIFETIME,
            path=reverse(self.page),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            # Not Strict: whoever follows the link comes from the site of their mail.
            samesite="Lax",
        )

    def forget(self, response: HttpResponse) -> None:
        """Forget a token that has been used."""
        response.delete_cookie(self.name, path=reverse(self.page), samesite="Lax")


PASSWORD_LINK = LinkCookie(name="authsite_password_link", page="account-new-password")
EMAIL_LINK = LinkCookie(name="authsite_email_link", page="account-email-confirm")


@never_cache
@require_safe
def follow_link(_request: HttpRequest, token: str, cookie: LinkCookie) -> HttpResponse:
    """Move the token out of the address. Nothing is used up: programs follow links in mails, too."""
    response = HttpResponseRedirect(reverse(cookie.page))
    response["Referrer-Policy"] = "no-referrer"
    if _TOKEN.fullmatch(token):
        cookie.keep(response, token)
    else:
        cookie.forget(response)
    return response
