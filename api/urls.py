"""The routes of the HTTP contract (design.md §7)."""

from django.contrib.auth.views import LogoutView as LogoutFromBrowserView
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.models.codes import CODE_PATTERN
from accounts.sign_in_forms import SignInView
from api.views.changes import ChangesView
from api.views.forward_auth import ForwardAuthView
from api.views.login import LoginView, LogoutView, RefreshView
from api.views.mail_links import (
    EmailChangeView,
    EmailConfirmView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from api.views.me import PasswordView, ProfileView, UserDataView
from api.views.oauth import IntrospectionView, RevocationView
from api.views.root import RootView
from api.views.sessions import SessionListView, SessionView
from api.views.token_content import TokenContentView
from api.views.tokens import TokenBlacklistView, TokenObtainPairView, TokenRefreshView, TokenVerifyView
from api.views.well_known import change_password, claims, jwks, metadata
from api.viewsets.audiences import AudienceViewSet
from api.viewsets.audit_events import AuditEventViewSet
from api.viewsets.organisation import DepartmentViewSet, RoleViewSet, TenantViewSet
from api.viewsets.users import UserViewSet


class CodeConverter(StringConverter):
    """A code in an address (design.md §2)."""

    regex = CODE_PATTERN.strip("^$")


register_converter(CodeConverter, "code")

directory = SimpleRouter(use_regex_path=False)
directory.register("users", UserViewSet)
directory.register("roles", RoleViewSet)
directory.register("departments", DepartmentViewSet)
directory.register("tenants", TenantViewSet)
directory.register("audiences", AudienceViewSet)
directory.register("audit-events", AuditEventViewSet)

_auth = [
    path("login/", LoginView.as_view(), name="login"),
    path("refresh/", RefreshView.as_view(), name="refresh"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("sessions/", SessionListView.as_view(), name="sessions"),
    path("sessions/<uuid:sid>/", SessionView.as_view(), name="session"),
    path("password/", PasswordView.as_view(), name="password"),
    path("password-reset/", PasswordResetView.as_view(), name="password-reset"),
    path("password-reset/confirm/", PasswordResetConfirmView.as_view(), name="password-reset-confirm"),
    path("email/", EmailChangeView.as_view(), name="email-change"),
    path("email/confirm/", EmailConfirmView.as_view(), name="email-confirm"),
    path("token/", TokenContentView.as_view(), name="token-content"),
]

_v1: list[URLPattern | URLResolver] = [
    path("", RootView.as_view(), name="root"),
    path("auth/", include(_auth)),
    path("user-data/", UserDataView.as_view(), name="user-data"),
    path("oauth/introspect/", IntrospectionView.as_view(), name="introspect"),
    path("oauth/revoke/", RevocationView.as_view(), name="revoke"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("forward-auth/", ForwardAuthView.as_view(), name="forward-auth"),
    path("me/", ProfileView.as_view(), name="me"),
    path("", include(directory.urls)),
]

_conventional = [
    path("", TokenObtainPairView.as_view(), name="token_obtain_pair"),
    path("refresh/", TokenRefreshView.as_view(), name="token_refresh"),
    path("verify/", TokenVerifyView.as_view(), name="token_verify"),
    path("blacklist/", TokenBlacklistView.as_view(), name="token_blacklist"),
]

# Under the names that DRF's templates ask for.
_browser = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", LogoutFromBrowserView.as_view(), name="logout"),
]

urlpatterns = [
    path("api/v1/", include(_v1)),
    path("api/token/", include(_conventional)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="docs"),
    path("api/browser/", include((_browser, "rest_framework"))),
    path("account/", include("api.account_urls")),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path(".well-known/oauth-authorization-server", metadata, name="metadata"),
    path(".well-known/openid-configuration", metadata, name="openid-metadata"),
    path(".well-known/claims/<code:audience>.json", claims, name="claims"),
    path(".well-known/change-password", change_password, name="change-password"),
]
