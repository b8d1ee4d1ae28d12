"""Django's default admin site under authsite's name, without what would go round the services."""

from functools import partial

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from accounts.admin.dashboard.page import show_index
from accounts.admin.tokens.near_budget import near_budget_page
from accounts.admin.tokens.pasted_token import pasted_token_page
from accounts.admin.users.own_password import change_own_password
from accounts.sign_in_forms import AdminSignInForm, sign_in_to_admin

admin.site.unregister(Group)
admin.site.site_header = _("authsite")
admin.site.site_title = _("authsite")
admin.site.index_title = _("Administration")
admin.site.index_template = "admin/authsite_index.html"
admin.site.login_form = AdminSignInForm
# As below, mypy refuses the assignment.
setattr(admin.site, "login", partial(sign_in_to_admin, admin.site))  # noqa: B010
setattr(admin.site, "index", partial(show_index, admin.site))  # noqa: B010 - as above
# Django's own view writes the user's row itself: no audit event, and all sessions would go on.
setattr(admin.site, "password_change", change_own_password)  # noqa: B010 - mypy refuses the assignment
_get_urls_of_django = admin.site.get_urls


def _get_urls() -> list[URLPattern | URLResolver]:
    """Add the pages that belong to no model."""
    view = admin.site.admin_view
    return [
        path("token/", view(pasted_token_page), name="pasted_token"),
        path("near-budget/", view(near_budget_page), name="near_budget"),
        *_get_urls_of_django(),
    ]


setattr(admin.site, "get_urls", _get_urls)  # noqa: B010 - as above
