"""Filters of lists that offer only what the person may see, and no more than somebody reads."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models import Role, User

#: Of more rows than these a filter offers none: their own lists have a search, and lead here.
MOST_CHOICES = 100


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
        held = User.roles.through._default_manager.filter(role=int(chosen))  # noqa: SLF001 - made by Django
        return queryset.filter(pk__in=held.values("user"))


def choices_of(rows: QuerySet[Any], chosen: Any) -> list[tuple[Any, str]]:
    """Return the keys and names of ``rows``, or of the chosen one."""
    found = list(rows[: MOST_CHOICES + 1])
    if len(found) > MOST_CHOICES:
        found = list(rows.filter(pk__in=chosen)) if chosen else []
    return [(row.pk, str(row)) for row in found]
