"""The admin site: Django's under authsite's name, without what would go round the services."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.checks import CheckMessage, register
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.dashboard.page import dashboard_context
from accounts.admin.declared_checks import check_site
from accounts.admin.finder import find_page
from accounts.admin.navigation import navigation_of
from accounts.admin.pages import url_of
from accounts.admin.tokens.near_budget import near_budget_page
from accounts.admin.tokens.pasted_token import pasted_token_page
from accounts.admin.users.own_password import change_own_password
from accounts.sign_in_forms import AdminSignInForm, sign_in_to_admin

#: The pages that belong to no model.
PAGES = (pasted_token_page, near_budget_page)


class AuthsiteAdminSite(admin.AdminSite):
    """What the setting of the admin's app names as the default site."""

    site_header = _("authsite")
    site_title = _("authsite")
    index_title = _("Overview")
    index_template = "admin/authsite_index.html"
    login_form = AdminSignInForm
    # The sidebar stands in base_site.html, without Django's script.
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Each model has its own, or none.
        self.disable_action("delete_selected")

    @override
    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that belong to no model."""
        return [
            *(url_of(page, self) for page in PAGES),
            path("find/", self.admin_view(find_page), name="find"),
            *super().get_urls(),
        ]

    @override
    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap a page as Django does; who was signed out while they typed is told what became of it."""
        page = super().admin_view(view, cacheable)

        @wraps(page)
        def or_nothing_saved(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_leaving = request.path == reverse("admin:logout", current_app=self.name)
            # A stranger brings no session, and is given none to keep a message in.
            was_known = request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES
            if was_known and not is_leaving and not self.has_permission(request):
                said = _now_("You had been signed out, so nothing was saved. Sign in, and do it again.")
                messages.warning(request, said)
            answer: HttpResponseBase = page(request, *args, **kwargs)
            return answer

        return or_nothing_saved

    @override
    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the sidebar."""
        return super().each_context(request) | {"navigation": navigation_of(request)}

    @override
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the dashboard."""
        return super().index(request, dashboard_context(request) | (extra_context or {}))

    @override
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override] # Django's own is decorated
        """Sign in, within the limits."""
        return sign_in_to_admin(self, request, extra_context)

    @override
    def password_change(  # type: ignore[override] # Django's own answers with a redirect, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password by the service; Django's own view would leave all sessions be."""
        return change_own_password(request, extra_context)


@register("admin")
def check_pages_are_declared(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse addresses of the site that no decorator of ours declares."""
    return list(check_site(admin.site))
