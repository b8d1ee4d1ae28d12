"""The Django app of the statistics room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """Numbers that can be found again from the other rooms' tables, kept because that takes long."""

    name = "accounts.statistics"
    label = "statistics"
    verbose_name = _("Statistics")
