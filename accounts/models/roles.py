"""Roles: the only membership that a user has."""

from typing import ClassVar

from django.contrib.auth.models import Permission
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models.codes import CodeField, code_format_constraint
from accounts.models.labels import validate_label

#: Directory writes through the API need this role (design.md §4).
ADMIN = "admin"

MAX_DESCRIPTION_LENGTH = 2000


class Role(models.Model):
    """What a person may do, said in tokens by its code; it may also open parts of the admin."""

    code = CodeField(_("code"), unique=True)
    label = models.CharField(_("label"), max_length=150, validators=[validate_label])
    description = models.TextField(
        _("description"),
        max_length=MAX_DESCRIPTION_LENGTH,
        blank=True,
        # Django itself holds only forms to the length of such a field.
        validators=[MaxLengthValidator(MAX_DESCRIPTION_LENGTH)],
    )
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
        constraints: ClassVar = [
            code_format_constraint("role_code_format"),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("description"), MAX_DESCRIPTION_LENGTH)),
                name="role_description_short",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["retired_at", "code"], name="role_by_retirement")]

    @override
    def __str__(self) -> str:
        return f"{self.label} ({self.code})"
