"""Searching, filtering and ordering lists; a misspelt parameter is an error and not the whole list."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from typing_extensions import override

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import Department, User

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS = 200, 10

#: What lists understand beside their own filters.
_ALWAYS = frozenset({"page", "page_size", "search", "ordering", "format"})

_YES_OR_NO = (("true", gettext_lazy("Yes")), ("false", gettext_lazy("No")))


class StrictFilterBackend(DjangoFilterBackend):
    """Refuses parameters that no filter knows."""

    @override
    def filter_queryset(  # type: ignore[override] # DRF passes its own request
        self, request: Request, queryset: QuerySet[Any], view: "APIView"
    ) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        known = _ALWAYS | set(filterset_class.base_filters if filterset_class else ())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name[:64]: [_("There is no such parameter.")] for name in unknown[:10]})
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class BoundedSearchFilter(SearchFilter):
    """Refuses long searches: each word is a condition for each field, and SQLite refuses 1,000 of them."""

    @override
    def get_search_terms(self, request: Request) -> list[str]:
        try:
            terms: list[str] = list(super().get_search_terms(request))
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from error
        if len(request.query_params.get(self.search_param, "")) > MAX_SEARCH_LENGTH:
            said = _("Search for at most %(limit)d characters.") % {"limit": MAX_SEARCH_LENGTH}
        elif len(terms) > MAX_SEARCH_WORDS:
            said = _("Search for at most %(limit)d words.") % {"limit": MAX_SEARCH_WORDS}
        else:
            return terms
        raise ValidationError({self.search_param: [said]})

    @override
    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["maxLength"] = MAX_SEARCH_LENGTH
        return parameters


class StrictOrderingFilter(OrderingFilter):
    """Refuses to order by what a list does not offer."""

    @override
    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: "APIView", request: Request
    ) -> list[str]:
        valid = [name for name, _label in self.get_valid_fields(queryset, view, {"request": request})]
        for field in fields:
            if field.removeprefix("-") not in valid:
                raise ValidationError({"ordering": [_("Order by one of: %s.") % ", ".join(valid)]})
        return list(fields)


class YesNoFilter(django_filters.TypedChoiceFilter):
    """``true`` or ``false``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=_YES_OR_NO, coerce=lambda typed: typed == "true", **kwargs)


class MomentField(IsoDateTimeField):
    """A moment, in UTC: PostgreSQL refuses offsets of 16 hours and more, Python moments before the year 1."""

    @override
    def clean(self, value: object) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(_("Give a moment between the years 1 and 9999.")) from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A moment as in RFC 3339, with any offset."""

    field_class = MomentField


class RetirementFilterSet(django_filters.FilterSet):
    """``retired``: whether the row is retired."""

    retired = YesNoFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class DepartmentFilterSet(RetirementFilterSet):
    """Departments of a tenant, or below a parent."""

    tenant = django_filters.CharFilter(field_name="tenant__code")
    parent = django_filters.CharFilter(field_name="parent__code")

    class Meta:
        model = Department
        fields = ("tenant", "parent", "retired")


class UserFilterSet(django_filters.FilterSet):
    """People with a role, of a department or a tenant, active or not."""

    role = django_filters.CharFilter(method="with_role")
    department = django_filters.CharFilter(field_name="department__code")
    tenant = django_filters.CharFilter(field_name="tenant__code")
    is_active = YesNoFilter()
    special_permissions = YesNoFilter()

    class Meta:
        model = User
        fields = ("role", "department", "tenant", "is_active", "special_permissions")

    def with_role(self, people: QuerySet[User], _name: str, code: str) -> QuerySet[User]:
        """Return the people who hold the role, while it is in force."""
        return people.filter(roles__code=code, roles__retired_at__isnull=True)


class AuditEventFilterSet(django_filters.FilterSet):
    """Events of a type, about a subject, by an actor, between two moments."""

    type = django_filters.ChoiceFilter(choices=[(str(each), str(each)) for each in EventType])
    actor = django_filters.UUIDFilter(field_name="actor_sub")
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEvent
        fields = ("type", "subject_kind", "subject_id", "actor", "tenant", "since", "until")
