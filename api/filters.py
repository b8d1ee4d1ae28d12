"""What lists can be narrowed by; each filter has a label for people, in their language."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from typing_extensions import override

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import Department, User

ANY = gettext_lazy("Any")

_TRUTH = {"true": True, "false": False}
_YES_OR_NO = (("true", gettext_lazy("Yes")), ("false", gettext_lazy("No")))


class YesNoFilter(django_filters.ChoiceFilter):
    """``true`` or ``false``, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=_YES_OR_NO, empty_label=ANY, **kwargs)

    @override
    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        # Asked for nothing, django-filter leaves the rows alone.
        narrowed: QuerySet[Any] = super().filter(qs, _TRUTH.get(value))
        return narrowed


class MomentField(IsoDateTimeField):
    """A moment, in UTC: PostgreSQL refuses offsets of 16 hours and more, Python moments before the year 1."""

    widget = forms.DateTimeInput(attrs={"placeholder": "2026-03-02T09:00:00Z"})

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


# A filter without a label would make one of the names of columns, once, in the language of whoever
# asks first: /api/schema/ asks in English.
class RetirementFilterSet(django_filters.FilterSet):
    """``retired``: whether the row is retired."""

    retired = YesNoFilter(
        label=gettext_lazy("Retired"), field_name="retired_at", lookup_expr="isnull", exclude=True
    )


class DepartmentFilterSet(RetirementFilterSet):
    """Departments of a tenant, or below a parent."""

    tenant = django_filters.CharFilter(label=gettext_lazy("Tenant (code)"), field_name="tenant__code")
    parent = django_filters.CharFilter(label=gettext_lazy("Parent (code)"), field_name="parent__code")

    class Meta:
        model = Department
        fields = ("tenant", "parent", "retired")


class UserFilterSet(django_filters.FilterSet):
    """People with a role, of a department or a tenant, active or not."""

    role = django_filters.CharFilter(label=gettext_lazy("Role (code)"), method="with_role")
    department = django_filters.CharFilter(
        label=gettext_lazy("Department (code)"), field_name="department__code"
    )
    tenant = django_filters.CharFilter(label=gettext_lazy("Tenant (code)"), field_name="tenant__code")
    is_active = YesNoFilter(label=gettext_lazy("Active"))
    special_permissions = YesNoFilter(label=gettext_lazy("Special permissions"))

    class Meta:
        model = User
        fields = ("role", "department", "tenant", "is_active", "special_permissions")

    def with_role(self, people: QuerySet[User], _name: str, code: str) -> QuerySet[User]:
        """Return the people who hold the role, while it is in force."""
        return people.filter(roles__code=code, roles__retired_at__isnull=True)


class AuditEventFilterSet(django_filters.FilterSet):
    """Events of a type, about a subject, by an actor, between two moments."""

    type = django_filters.ChoiceFilter(
        label=gettext_lazy("Type of event"),
        choices=[(str(each), str(each)) for each in EventType],
        empty_label=ANY,
    )
    subject_kind = django_filters.CharFilter(label=gettext_lazy("Kind of subject"))
    subject_id = django_filters.CharFilter(label=gettext_lazy("Subject (id)"))
    actor = django_filters.UUIDFilter(label=gettext_lazy("Actor (id)"), field_name="actor_sub")
    tenant = django_filters.CharFilter(label=gettext_lazy("Tenant (code)"))
    since = MomentFilter(label=gettext_lazy("Since"), field_name="at", lookup_expr="gte")
    until = MomentFilter(label=gettext_lazy("Until"), field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEvent
        fields = ("type", "subject_kind", "subject_id", "actor", "tenant", "since", "until")
