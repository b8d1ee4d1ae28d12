"""The pages of one person: the form and its tabs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from typing_extensions import override

from accounts.admin.acts import act_of
from accounts.admin.pages import row_page
from accounts.admin.row_head import FORM
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.users.devices_page import devices_page
from accounts.admin.users.explain_page import explain_page, token_for_authsite
from accounts.admin.users.person_head import person_head
from accounts.admin.users.roles_page import roles_page
from accounts.admin.users.timeline_page import timeline_page


class PersonPages(ServiceModelAdmin):
    """The tabs of a person's page."""

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the form under the head that all tabs share."""
        user = context.get("original")
        if user is not None:
            now = act_of(request).now
            context |= {"head": person_head(self, request, user, current=FORM)}
            context |= token_for_authsite(user, now=now)
            if request.user.has_perm("refresh_sessions.view_refreshsession"):
                context |= {"live_count": user.refresh_sessions.live(at=now).count()}
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return shown

    @row_page("roles", permissions=["view"], reads_only=True)
    def roles_view(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say what a person may do, and who gave it."""
        return roles_page(self, request, user)

    @row_page("token", permissions=["view"], reads_only=True)
    def token_view(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say what a person's token says, and why."""
        return explain_page(self, request, user)

    @row_page("devices", permissions=["view", "refresh_sessions.view_refreshsession"], reads_only=True)
    def devices_view(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say where a person is logged in."""
        return devices_page(self, request, user)

    @row_page("timeline", permissions=["view"], reads_only=True)
    def timeline_view(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say what happened to a person, and what they did."""
        return timeline_page(self, request, user)
