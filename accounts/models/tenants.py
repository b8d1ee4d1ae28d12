"""Tenants: the organisations that share one installation."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models.codes import CodeField, code_format_constraint
from accounts.models.labels import validate_label

if TYPE_CHECKING:
    from accounts.models.users import User


class TenantQuerySet(models.QuerySet["Tenant"]):
    """Questions about many tenants."""

    def visible_to(self, viewer: "User") -> "TenantQuerySet":
        """Return the viewer's own: a list of customers is nobody else's business. Or all without a tenant."""
        return self if viewer.tenant_id is None else self.filter(pk=viewer.tenant_id)


class Tenant(models.Model):  # type: ignore[django-manager-missing] # Department has an untyped parent
    """An organisation; its people see only their own rows."""

    code = CodeField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=150, validators=[validate_label])
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering: ClassVar = ["code"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [code_format_constraint("tenant_code_format")]
        indexes: ClassVar = [models.Index(fields=["retired_at", "code"], name="tenant_by_retirement")]

    @override
    def __str__(self) -> str:
        return f"{self.label} ({self.code})"
