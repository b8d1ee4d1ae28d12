"""The admin's pages of departments: a tree."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Model, OuterRef, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, staff_of
from accounts.admin.bounded_counts import BoundedCount, written_count
from accounts.admin.choice_filters import VisibleChoicesFilter
from accounts.admin.long_lists import LongList
from accounts.admin.people_links import people_link
from accounts.admin.place_pages import PlacePages, Tally, people_url, tally
from accounts.admin.retirement import InForceFilter
from accounts.admin.service_form import ServiceForm
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import members_below
from accounts.models import Department, Tenant, User
from accounts.services import departments

#: Two em spaces: HTML folds common spaces, and a style would need the page's permission.
_INDENT = "\N{EM SPACE}" * 2


class DepartmentForm(ServiceForm):
    """A department; it can stand below every other but those below itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields.get("parent")
        if isinstance(parent, ModelChoiceField) and self.instance.pk is not None:
            below = Department.objects.descendants(self.instance, include_self=True)
            offered: QuerySet[Any] = parent.queryset  # type: ignore[assignment] # never none once bound to a model
            parent.queryset = offered.exclude(pk__in=[row.pk for row in below])


class TreeList(LongList):
    """A list in the order of the tree, unless somebody orders it by a column."""

    @override
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Return the order of the rows."""
        if ORDER_VAR in self.params:
            return list(super().get_ordering(request, queryset))
        return ["tree_ordering", "pk"]


@admin.register(Department)
class DepartmentAdmin(PlacePages):
    """Departments, each below its parent."""

    form = DepartmentForm
    audit_kind = "department"
    tenants_write = True
    fields = ("code", "label", "parent", "tenant", "retired_at")
    list_display = ("indented_label", "code", "tenant", "people_count", "in_force")
    list_filter = (InForceFilter, ("tenant", VisibleChoicesFilter))
    list_select_related = ("tenant",)
    search_fields = ("code", "label")
    ordering = ()
    autocomplete_fields = ("tenant",)
    retirement_explained = _("No token says them any more, and nobody can be put into them.")

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the departments with their depth in the tree."""
        queryset: QuerySet[Any] = super().get_queryset(request).with_tree_fields()  # type: ignore[attr-defined] # tree_queries has no types
        return queryset

    @override
    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count the people in these departments themselves."""
        people = User.objects.filter(department=OuterRef("pk"))
        departments = Department.objects.without_tree_fields().filter(pk__in=[row.pk for row in rows])
        totals = dict(departments.order_by().annotate(total=BoundedCount(people)).values_list("pk", "total"))
        for row in rows:
            row.people_total = written_count(totals.get(row.pk, 0))

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """List in the order of the tree."""
        return TreeList

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Put a new department into the tenant of whoever creates it."""
        return {"tenant": staff_of(request).tenant_id} | super().get_changeform_initial_data(request)

    @admin.display(description=_("label"), ordering="label")
    def indented_label(self, obj: Any) -> str:
        """Return the label, indented by its depth."""
        return f"{_INDENT * obj.tree_depth}{obj.label}"

    @admin.display(description=_("people"))
    def people_count(self, obj: Any) -> str:
        """Return how many people are in the department itself, and the way to them."""
        return people_link("department__id__exact", obj.pk, obj.people_total)

    @override
    def counts_of(self, request: HttpRequest, row: Any) -> list[Tally]:
        """Return how many people it has."""
        people = User.objects.filter(department=row)
        return [tally(people, _("People in it"), people_url(department__id__exact=row.pk))]

    @override
    def rows_below(self, request: HttpRequest, row: Any) -> QuerySet[Any]:
        """Return the departments right below."""
        rows: QuerySet[Any] = Department.objects.visible_to(staff_of(request)).filter(parent=row)
        return rows.order_by("label", "pk")

    @override
    def tenant_of(self, row: Any) -> Tenant | None:
        """Return the tenant that it belongs to."""
        tenant: Tenant | None = row.tenant
        return tenant

    @override
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return whoever is in such a department, or below one."""
        return members_below([row.pk for row in rows], viewer=staff_of(request))

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a department."""
        return departments.create_department(
            code=chosen["code"],
            label=chosen["label"],
            parent=chosen["parent"],
            tenant=chosen["tenant"],
            actor=act.actor,
            now=act.now,
        )

    @override
    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change a department, or move it with all below it."""
        departments.change_department(department_id=pk, actor=act.actor, now=act.now, **chosen)

    @override
    def lock(self, pk: str) -> None:
        """Lock the tree as the service does, in its order: one department first would be a deadlock."""
        list(Department.objects.order_by("pk").select_for_update().values_list("pk"))

    @override
    def retire_by_service(self, *, pk: Any, act: Act) -> None:
        """Retire a department."""
        departments.retire_department(department_id=pk, actor=act.actor, now=act.now)

    @override
    def restore_by_service(self, *, pk: Any, act: Act) -> None:
        """Put a department in force again."""
        departments.restore_department(department_id=pk, actor=act.actor, now=act.now)
