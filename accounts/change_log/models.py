"""The tables of the change log; nothing but triggers writes them (``triggers``)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ChangeEntry(models.Model):
    """Something changed what tokens say.

    ``position`` is the moment in milliseconds since 1970, or one more than the newest entry's where that
    is not earlier: so it follows the order of commits, and a restored backup goes on after all that it lost.
    """

    position = models.BigIntegerField(_("position"), primary_key=True)
    scope = models.CharField(_("scope"), max_length=10)
    value = models.CharField(_("value"), max_length=64, blank=True)
    took_away = models.BooleanField(_("took away"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("change log")
        ordering: ClassVar = ["position"]
        default_permissions = ("view",)

    @override
    def __str__(self) -> str:
        return f"{self.position} {'-' if self.took_away else '+'} {self.scope} {self.value}"


class PendingEntry(models.Model):
    """An entry of a transaction that has not committed yet; at its commit it gets a position and moves."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=10)
    value = models.CharField(max_length=64, blank=True)
    took_away = models.BooleanField()

    class Meta:
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return f"{self.scope} {self.value}"


def newest_position() -> int:
    """Return the position of the newest entry, or 0. One query."""
    return ChangeEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
