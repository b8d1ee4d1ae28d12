"""The routes of the project: the admin, and everything that `api` serves."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from django.views.i18n import set_language

# Browsers ask for it by themselves, on pages that name no icon. Not before the first request: in production
# the address is known only after collectstatic.
_icon = lazy(static, str)("api/icon.svg")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="root")),
    path("favicon.ico", RedirectView.as_view(url=_icon)),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    # Here, since it is for strangers as well: the sign-in page offers it.
    path("admin/language/", set_language, name="language"),
    path("admin/", admin.site.urls),
    path("", include("api.urls")),
]
handler400 = "api.views.root.bad_request"
handler403 = "authsite.error_pages.permission_denied"
handler404 = "authsite.error_pages.page_not_found"
handler500 = "api.views.root.server_error"
