"""The table of who may log in to which audience."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.models.audiences import Audience
from accounts.models import Department, Role, Tenant

#: What a rule may name, in the order in which it is shown.
KINDS = ("role", "department", "tenant")


def _names(kind: str) -> Q:
    return Q(**{f"{other}__isnull": other != kind for other in KINDS})


class AccessRule(models.Model):
    """One role, department or tenant that an audience is open to.

    Protected: were a rule to go with its role, the audience would be open to everybody.
    """

    audience = models.ForeignKey(
        Audience, verbose_name=_("audience"), related_name="access_rules", on_delete=models.CASCADE
    )
    role = models.ForeignKey(
        Role, verbose_name=_("role"), related_name="+", on_delete=models.PROTECT, null=True
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), related_name="+", on_delete=models.PROTECT, null=True
    )
    tenant = models.ForeignKey(
        Tenant, verbose_name=_("tenant"), related_name="+", on_delete=models.PROTECT, null=True
    )

    class Meta:
        ordering: ClassVar = ["id"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_names("role") | _names("department") | _names("tenant"),
                name="access_rule_names_one_thing",
            ),
            *(
                models.UniqueConstraint(fields=["audience", kind], name=f"access_rule_{kind}_once")
                for kind in KINDS
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.audience.code}: {self.code}"

    @property
    def code(self) -> str:
        """Return the code of what the rule names."""
        named = self.role or self.department or self.tenant
        assert named is not None  # noqa: S101 - access_rule_names_one_thing
        return str(named.code)
