"""The Django app of the refresh sessions room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RefreshSessionsConfig(AppConfig):
    """Refresh sessions."""

    name = "accounts.refresh_sessions"
    label = "refresh_sessions"
    verbose_name = _("Sessions")
