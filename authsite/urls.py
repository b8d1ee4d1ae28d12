"""The routes of the project: the admin, and everything that `api` serves."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="root")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("", include("api.urls")),
]
handler400 = "api.views.root.bad_request"
handler404 = "api.views.root.page_not_found"
handler500 = "api.views.root.server_error"
