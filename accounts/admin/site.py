"""Django's default admin site under authsite's name, without what would go round the services."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401
from django.contrib.auth.models import Group
from django.core.checks import CheckMessage, register
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from accounts.admin.declared_checks import check_site
from accounts.admin.pages import url_of
from accounts.admin.tokens.near_budget import near_budget_page
from accounts.admin.tokens.pasted_token import pasted_token_page
from accounts.admin.users.own_password import change_own_password
from accounts.sign_in_forms import AdminSignInForm, sign_in_to_admin

#: The pages that belong to no model.
PAGES = (pasted_token_page, near_budget_page)

admin.site.unregister(Group)
# Each model has its own, or none.
admin.site.disable_action("delete_selected")
admin.site.site_header = _("authsite")
admin.site.site_title = _("authsite")
admin.site.index_title = _("Administration")
admin.site.index_template = "admin/authsite_index.html"
admin.site.login_form = AdminSignInForm
# As below, mypy refuses the assignment.
setattr(admin.site, "login", partial(sign_in_to_admin, admin.site))  # noqa: B010
# Django's own view writes the user's row itself: no audit event, and all sessions would go on.
setattr(admin.site, "password_change", change_own_password)  # noqa: B010 - mypy refuses the assignment
_get_urls_of_django = admin.site.get_urls


def _get_urls() -> list[URLPattern | URLResolver]:
    """Add the pages that belong to no model."""
    return [*(url_of(page, admin.site) for page in PAGES), *_get_urls_of_django()]


setattr(admin.site, "get_urls", _get_urls)  # noqa: B010 - as above


@register("admin")
def check_pages_are_declared(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse addresses of the site that no decorator of ours declares."""
    return list(check_site(admin.site))
