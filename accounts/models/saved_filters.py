"""Filters of the admin's lists that somebody saved under a name."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models.labels import validate_label

if TYPE_CHECKING:
    from accounts.models.users import User

MAX_QUERY = 1000


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Questions about many saved filters."""

    def seen_by(self, viewer: "User") -> "SavedFilterQuerySet":
        """Return the viewer's own, and those that staff of the same tenant share; never another tenant's."""
        colleagues = Q(owner__tenant=viewer.tenant_id) if viewer.tenant_id else Q(owner__tenant__isnull=True)
        shared = colleagues & Q(is_shared=True, owner__is_active=True, owner__is_staff=True)
        return self.filter(Q(owner=viewer) | shared).order_by("name", "pk")


class SavedFilter(models.Model):
    """A list's filters, search and order as its query string; it goes with its owner."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="saved_filters", on_delete=models.CASCADE
    )
    #: The model of the list, such as ``accounts.user``.
    list_name = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60, validators=[validate_label])
    query = models.CharField(max_length=MAX_QUERY)
    is_shared = models.BooleanField(_("also for my colleagues"), default=False)
    created_at = models.DateTimeField()

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "list_name", "name"],
                name="saved_filter_name_once",
                violation_error_message=_("You have a filter of this name already."),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name
