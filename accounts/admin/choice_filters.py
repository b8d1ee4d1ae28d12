"""Filters of lists that offer only what the person may see, and no more than somebody reads."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedFieldListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models import Role, User

#: Of more rows than these a filter offers none: their own lists have a search, and lead here.
MOST_CHOICES = 100
#: Roles that more people hold are common: their holders are met by going through the people in order.
COMMON = 20_000
#: So many of those are counted.
COUNTED_WHERE_COMMON = 500


class VisibleChoicesFilter(RelatedFieldListFilter):
    """Narrows a list by a related row; staff of a tenant are not told of other tenants' rows."""

    @override
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the rows that the related page would list; the chosen one alone where they are too many."""
        related = model_admin.admin_site.get_model_admin(field.remote_field.model).get_queryset(request)
        return choices_of(related, self.used_parameters.get(self.lookup_kwarg))

    @override
    def has_output(self) -> bool:
        """Tell whether there is anything to choose, or to take back."""
        return bool(self.lookup_val) or super().has_output()


class RoleHeldFilter(admin.SimpleListFilter):
    """Narrows people to those who hold a role; without the doubles of a join, which have to be sorted out."""

    title = _("roles")
    parameter_name = "roles__id__exact"
    #: As ``LongList`` asks for it.
    most_counted: int | None = None

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the roles; the chosen one alone where they are too many."""
        chosen = request.GET.get(self.parameter_name, "")
        return choices_of(Role.objects.all(), [chosen] if chosen.isdecimal() else None)

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return who holds the chosen role."""
        chosen = self.value()
        if chosen is None or not chosen.isdecimal():
            return queryset
        held = User.roles.through._default_manager.filter(role=int(chosen)).order_by()  # noqa: SLF001 - made by Django
        if not held.values_list("role", flat=True)[COMMON : COMMON + 1]:
            return queryset.filter(pk__in=held.values("user"))
        self.most_counted = COUNTED_WHERE_COMMON
        return queryset.filter(Exists(held.filter(user=OuterRef("pk"))))


def choices_of(rows: QuerySet[Any], chosen: Any) -> list[tuple[Any, str]]:
    """Return the keys and names of ``rows``, or of the chosen one."""
    found = list(rows[: MOST_CHOICES + 1])
    if len(found) > MOST_CHOICES:
        found = list(rows.filter(pk__in=chosen)) if chosen else []
    return [(row.pk, str(row)) for row in found]
