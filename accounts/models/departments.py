"""Departments: a tree, each in at most one tenant."""

from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet
from typing_extensions import override

from accounts.models.codes import CodeField, code_format_constraint
from accounts.models.labels import validate_label
from accounts.models.tenants import Tenant

if TYPE_CHECKING:
    from accounts.models.users import User


class DepartmentQuerySet(TreeQuerySet):  # type: ignore[misc] # tree_queries has no types
    """Questions about many departments."""

    def visible_to(self, viewer: "User") -> "DepartmentQuerySet":
        """Return those of the viewer's tenant, or all for people without a tenant."""
        return self if viewer.tenant_id is None else self.filter(tenant=viewer.tenant_id)


class Department(TreeNode):  # type: ignore[misc] # tree_queries has no types
    """A unit of the organisation, said in tokens by its code."""

    parent = TreeNodeForeignKey(
        "self",
        verbose_name=_("parent"),
        related_name="children",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    code = CodeField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=150, validators=[validate_label])
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        related_name="departments",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["code"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [
            code_format_constraint("department_code_format"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="department_not_its_own_parent"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "code"], name="department_by_tenant"),
            models.Index(fields=["retired_at", "code"], name="department_by_retirement"),
        ]

    @override
    def clean(self) -> None:
        """Refuse a circle, beside the field that would close it."""
        try:
            super().clean()
        except ValidationError as error:
            raise ValidationError({"parent": _("A department cannot stand below itself.")}) from error

    @override
    def __str__(self) -> str:
        return f"{self.label} ({self.code})"
