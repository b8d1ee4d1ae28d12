"""The routes of the HTTP contract (design.md §7)."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from api.views.login import LoginView, LogoutView, RefreshView
from api.views.me import PasswordView, ProfileView, UserDataView
from api.views.root import RootView
from api.views.sessions import SessionListView, SessionView
from api.views.token_content import TokenContentView
from api.views.tokens import TokenBlacklistView, TokenObtainPairView, TokenRefreshView, TokenVerifyView
from api.views.well_known import jwks

_auth = [
    path("login/", LoginView.as_view(), name="login"),
    path("refresh/", RefreshView.as_view(), name="refresh"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("sessions/", SessionListView.as_view(), name="sessions"),
    path("sessions/<uuid:sid>/", SessionView.as_view(), name="session"),
    path("password/", PasswordView.as_view(), name="password"),
    path("token/", TokenContentView.as_view(), name="token-content"),
]

_v1: list[URLPattern | URLResolver] = [
    path("", RootView.as_view(), name="root"),
    path("auth/", include(_auth)),
    path("user-data/", UserDataView.as_view(), name="user-data"),
    path("me/", ProfileView.as_view(), name="me"),
]

_conventional = [
    path("", TokenObtainPairView.as_view(), name="token_obtain_pair"),
    path("refresh/", TokenRefreshView.as_view(), name="token_refresh"),
    path("verify/", TokenVerifyView.as_view(), name="token_verify"),
    path("blacklist/", TokenBlacklistView.as_view(), name="token_blacklist"),
]

urlpatterns = [
    path("api/v1/", include(_v1)),
    path("api/token/", include(_conventional)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="docs"),
    path("api/browser/", include("rest_framework.urls")),
    path(".well-known/jwks.json", jwks, name="jwks"),
]
