"""The admin's pages of tenants."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, staff_of
from accounts.admin.people_links import people_link
from accounts.admin.place_pages import PlacePages, Tally, people_url, tally
from accounts.admin.retirement import InForceFilter
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import people_of
from accounts.models import Department, Tenant, User
from accounts.services import tenants


@admin.register(Tenant)
class TenantAdmin(PlacePages):
    """Tenants; staff of one see it alone, and change nothing."""

    audit_kind = "tenant"
    fields = ("code", "label", "retired_at")
    list_display = ("label", "code", "people", "in_force")
    list_filter = (InForceFilter,)
    search_fields = ("code", "label")
    ordering = ("code",)
    retirement_is_dangerous = True
    retirement_explained = _("Their people cannot log in any more, and all their sessions end.")

    @admin.display(description=_("people"))
    def people(self, obj: Any) -> str:
        """Return the way to the tenant's people."""
        return people_link("tenant__id__exact", obj.pk, _("show"))

    @override
    def counts_of(self, request: HttpRequest, row: Any) -> list[Tally]:
        """Return how many people and departments it has."""
        people, departments = User.objects.filter(tenant=row), Department.objects.filter(tenant=row)
        of_departments = f"{reverse('admin:accounts_department_changelist')}?tenant__id__exact={row.pk}"
        return [
            tally(people, _("People"), people_url(tenant__id__exact=row.pk)),
            tally(departments, _("Departments"), of_departments),
        ]

    @override
    def tenant_of(self, row: Any) -> Tenant:
        """Return itself."""
        tenant: Tenant = row
        return tenant

    @override
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return the people of such a tenant."""
        return people_of(list(rows.values_list("pk", flat=True)), viewer=staff_of(request))

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a tenant."""
        return tenants.create_tenant(code=chosen["code"], label=chosen["label"], actor=act.actor, now=act.now)

    @override
    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change a tenant's label."""
        tenants.change_tenant(tenant_id=pk, actor=act.actor, now=act.now, **chosen)

    @override
    def retire_by_service(self, *, pk: Any, act: Act) -> None:
        """Close a tenant."""
        tenants.retire_tenant(tenant_id=pk, actor=act.actor, now=act.now)

    @override
    def restore_by_service(self, *, pk: Any, act: Act) -> None:
        """Open a tenant again."""
        tenants.restore_tenant(tenant_id=pk, actor=act.actor, now=act.now)
