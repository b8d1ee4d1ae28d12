"""The Django app of the audiences room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AudiencesConfig(AppConfig):
    """Audiences and their claim contracts."""

    name = "accounts.audiences"
    label = "audiences"
    verbose_name = _("Audiences")
