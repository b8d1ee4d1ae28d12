"""The Django app of the limits room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LimitsConfig(AppConfig):
    """The buckets that attempts take their places from."""

    name = "accounts.limits"
    label = "limits"
    verbose_name = _("Limits")
