"""Roles, departments and tenants."""

from typing import Any

from typing_extensions import override

from accounts.models import Department, Role, Tenant
from accounts.services.departments import change_department, create_department
from accounts.services.roles import change_role, create_role
from accounts.services.tenants import change_tenant, create_tenant
from api.field_rules import FIELD_RULES
from api.serializers.directory import DirectorySerializer


class RoleSerializer(DirectorySerializer[Role]):
    """A role."""

    resource = "roles"

    class Meta:
        model = Role
        fields = tuple(FIELD_RULES["roles"])

    @override
    def create(self, validated_data: dict[str, Any]) -> Role:
        return create_role(**validated_data, **self.act)

    @override
    def update(self, instance: Role, validated_data: dict[str, Any]) -> Role:
        return change_role(role_id=instance.pk, **validated_data, **self.act)


class DepartmentSerializer(DirectorySerializer[Department]):
    """A department, with the codes of its parent and its tenant."""

    resource = "departments"

    class Meta:
        model = Department
        fields = tuple(FIELD_RULES["departments"])

    @override
    def create(self, validated_data: dict[str, Any]) -> Department:
        return create_department(**self.of_own_tenant(validated_data), **self.act)

    @override
    def update(self, instance: Department, validated_data: dict[str, Any]) -> Department:
        return change_department(department_id=instance.pk, **validated_data, **self.act)


class TenantSerializer(DirectorySerializer[Tenant]):
    """A tenant."""

    resource = "tenants"

    class Meta:
        model = Tenant
        fields = tuple(FIELD_RULES["tenants"])

    @override
    def create(self, validated_data: dict[str, Any]) -> Tenant:
        return create_tenant(**validated_data, **self.act)

    @override
    def update(self, instance: Tenant, validated_data: dict[str, Any]) -> Tenant:
        return change_tenant(tenant_id=instance.pk, **validated_data, **self.act)
