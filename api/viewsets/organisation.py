"""Roles, departments and tenants."""

from typing import Any

from typing_extensions import override

from accounts.authority import Authority
from accounts.models import Department, Role, Tenant
from accounts.services.departments import restore_department, retire_department
from accounts.services.roles import restore_role, retire_role
from accounts.services.tenants import restore_tenant, retire_tenant
from api.filters import DepartmentFilterSet
from api.serializers.organisation import DepartmentSerializer, RoleSerializer, TenantSerializer
from api.viewsets.directory import RetirableViewSet


class RoleViewSet(RetirableViewSet[Role]):
    """Roles belong to everybody: people of a tenant read them, others also write them."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer

    @override
    def require_authority(self, authority: Authority, row: Role | None) -> None:
        authority.require_global()

    @override
    def retire_row(self, pk: Any) -> Role:
        return retire_role(role_id=pk, **self.act)

    @override
    def restore_row(self, pk: Any) -> Role:
        return restore_role(role_id=pk, **self.act)


class DepartmentViewSet(RetirableViewSet[Department]):
    """Departments, each below its parent."""

    queryset = Department.objects.select_related("parent", "tenant")
    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilterSet

    @override
    def require_authority(self, authority: Authority, row: Department | None) -> None:
        if row is not None:
            authority.require_over_tenant(row.tenant)

    @override
    def retire_row(self, pk: Any) -> Department:
        return retire_department(department_id=pk, **self.act)

    @override
    def restore_row(self, pk: Any) -> Department:
        return restore_department(department_id=pk, **self.act)


class TenantViewSet(RetirableViewSet[Tenant]):
    """Tenants: people of one see it alone; retiring one ends the sessions of its people."""

    queryset = Tenant.objects.all()
    serializer_class = TenantSerializer

    @override
    def require_authority(self, authority: Authority, row: Tenant | None) -> None:
        authority.require_global()

    @override
    def retire_row(self, pk: Any) -> Tenant:
        return retire_tenant(tenant_id=pk, **self.act)

    @override
    def restore_row(self, pk: Any) -> Tenant:
        return restore_tenant(tenant_id=pk, **self.act)
