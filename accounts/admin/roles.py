"""The admin's pages of roles, with the admin permissions that they carry."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, OuterRef, Q, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, staff_of
from accounts.admin.bounded_counts import BoundedCount, written_count
from accounts.admin.people_links import people_link
from accounts.admin.permission_grid import PermissionGrid
from accounts.admin.retirement import InForceFilter
from accounts.admin.role_pages import RolePages
from accounts.admin.service_form import ServiceForm
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import holders
from accounts.models import Role, User
from accounts.services import roles

# Roles take the place of groups.
admin.site.unregister(Group)


class RoleForm(ServiceForm):
    """A role; it may carry the permissions of what this admin shows."""

    class Meta:
        widgets = {"permissions": PermissionGrid}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("permissions")
        if isinstance(field, ModelMultipleChoiceField):
            of_pages = ContentType.objects.get_for_models(*admin.site._registry).values()  # noqa: SLF001 - no public way
            offered = Q(content_type__in=of_pages)
            if self.instance.pk is not None:
                # What was given by other ways stays given until somebody takes it away here.
                offered |= Q(pk__in=self.instance.permissions.values("pk"))
            field.queryset = Permission.objects.filter(offered).select_related("content_type")


@admin.register(Role)
class RoleAdmin(RolePages):
    """Roles; staff of a tenant only look at them."""

    form = RoleForm
    audit_kind = "role"
    fields = ("code", "label", "description", "permissions", "retired_at")
    list_display = ("label", "code", "holder_count", "in_force")
    list_filter = (InForceFilter,)
    search_fields = ("code", "label", "description")
    ordering = ("code",)
    retirement_is_dangerous = True
    retirement_explained = _("No token says them any more, they open nothing, and nobody can be given them.")

    @override
    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count the people who hold these roles, and whom the viewer sees."""
        held = User.roles.through._default_manager.filter(role=OuterRef("pk"))  # noqa: SLF001 - made by Django
        tenant_id = staff_of(request).tenant_id
        if tenant_id is not None:
            held = held.filter(user__tenant=tenant_id)
        roles = Role.objects.filter(pk__in=[role.pk for role in rows]).order_by()
        totals = dict(roles.annotate(total=BoundedCount(held)).values_list("pk", "total"))
        for role in rows:
            role.holder_total = written_count(totals.get(role.pk, 0))

    @admin.display(description=_("people"))
    def holder_count(self, obj: Any) -> str:
        """Return how many people hold the role, and the way to them."""
        return people_link("roles__id__exact", obj.pk, obj.holder_total)

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password where another part of the admin is opened, or closed."""
        return "permissions" in form.changed_data

    @override
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return whoever holds such a role."""
        return holders(list(rows.values_list("pk", flat=True)), viewer=staff_of(request))

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a role."""
        return roles.create_role(
            code=chosen["code"],
            label=chosen["label"],
            description=chosen["description"],
            permissions=list(chosen["permissions"]),
            actor=act.actor,
            now=act.now,
        )

    @override
    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change a role's texts, and what it opens in the admin."""
        roles.change_role(role_id=pk, actor=act.actor, now=act.now, **chosen)

    @override
    def retire_by_service(self, *, pk: Any, act: Act) -> None:
        """Retire a role."""
        roles.retire_role(role_id=pk, actor=act.actor, now=act.now)

    @override
    def restore_by_service(self, *, pk: Any, act: Act) -> None:
        """Put a role in force again."""
        roles.restore_role(role_id=pk, actor=act.actor, now=act.now)
