"""Roles: the only membership that a user has."""

from typing import ClassVar

from django.contrib.auth.models import Permission
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models.codes import CodeField, code_format_constraint

#: Directory writes through the API need this role (design.md §4).
ADMIN = "admin"


class Role(models.Model):
    """What a person may do, said in tokens by its code; it may also open parts of the admin."""

    code = CodeField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=150)
    description = models.TextField(_("description"), blank=True)
    permissions = models.ManyToManyField(
        Permission,
        verbose_name=_("admin permissions"),
        related_name="roles",
        blank=True,
        help_text=_("What staff with this role may do in this admin."),
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering: ClassVar = ["code"]
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [code_format_constraint("role_code_format")]
        indexes: ClassVar = [models.Index(fields=["retired_at", "code"], name="role_by_retirement")]

    @override
    def __str__(self) -> str:
        return f"{self.label} ({self.code})"
